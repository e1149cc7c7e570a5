import type { OwnColumn, OwnSchema, OwnType } from '../domain/own-columns.ts';
import { type ColumnMap, HANDBOOK_MAP } from './column-map.ts';

/**
 * Public sets by what their columns are called. What a set lacks is made of what it has, and said here; what only it has comes by its
 * schema, of which a file may lack any column, or is left unused, and named when the file is read.
 */

/** Columns of one type, each by the name that the file has for it, or by another. */
function own(type: OwnType, columns: readonly (string | [name: string, column: string])[]): OwnSchema {
  const entries = columns.map((one): [string, OwnColumn] => {
    const [name, column] = typeof one === 'string' ? [one, one] : one;
    return [name, { type, field: `metadata.${name}`, column, optional: true }];
  });
  return Object.fromEntries(entries);
}

/** Of fields of the API that the catalogue has no features of. */
function apiCategories(...fields: string[]): OwnSchema {
  return Object.fromEntries(fields.map((field) => [field, { type: 'category', field, optional: true }]));
}

/** `C1` to `C14`. */
const numbered = (letter: string, most: number) => Array.from({ length: most }, (_, i) => `${letter}${i + 1}`);

/** Sparkov's generator: the card is the customer; the place is the merchant's, since lat and long are the customer's home. */
const SPARKOV: ColumnMap = {
  columns: {
    id: 'trans_num',
    userId: 'cc_num',
    cardId: 'cc_num',
    merchantId: 'merchant',
    amount: 'amt',
    productCategory: 'category',
    latitude: 'merch_lat',
    longitude: 'merch_long',
    transactionDate: 'trans_date_trans_time',
    isFraud: 'is_fraud',
  },
  timeFormat: 'yyyy-MM-dd HH:mm:ss',
  schema: {
    ...own('category', ['gender', 'job', 'state', 'city']),
    ...own('number', ['city_pop']),
    ...own('time', ['dob']),
    home: {
      type: 'place',
      field: ['metadata.homeLatitude', 'metadata.homeLongitude'],
      column: ['lat', 'long'],
      optional: true,
    },
  },
};

/**
 * PaySim: steps are hours of a simulation, counted from a day of no meaning; its kinds of transfer are categories. Balances after the transfer
 * are left out: a fraud was undone there, which nobody knows when it is decided.
 */
const PAYSIM: ColumnMap = {
  columns: {
    userId: 'nameOrig',
    payeeId: 'nameDest',
    amount: 'amount',
    productCategory: 'type',
    transactionDate: 'step',
    isFraud: 'isFraud',
  },
  ignore: ['type'],
  timeUnit: 'hours',
  timeOrigin: '2017-01-01T00:00:00Z',
  schema: own('number', [
    ['balanceOrig', 'oldbalanceOrg'],
    ['balanceDest', 'oldbalanceDest'],
  ]),
};

/**
 * IEEE-CIS: nobody is named, so whoever shares card, address and e-mail domain is one customer; seconds count from a day of no meaning. The
 * 339 columns V, of which nobody says what they are, are left out.
 */
const IEEE_CIS: ColumnMap = {
  columns: {
    id: 'TransactionID',
    userId: ['card1', 'addr1', 'P_emaildomain'],
    cardId: ['card1', 'card2', 'card3', 'card5'],
    amount: 'TransactionAmt',
    productCategory: 'ProductCD',
    cardBrand: 'card4',
    cardFunding: 'card6',
    transactionDate: 'TransactionDT',
    isFraud: 'isFraud',
  },
  timeUnit: 'seconds',
  timeOrigin: '2017-12-01T00:00:00Z',
  schema: {
    ...own('number', [...numbered('C', 14), ...numbered('D', 15), 'dist1', 'dist2']),
    ...own('category', [...numbered('M', 9), 'addr1', 'addr2', 'P_emaildomain', 'R_emaildomain']),
    ...apiCategories('cardBrand', 'cardFunding'),
  },
};

/** TabFormer: cards count within a user; times are local and taken as of UTC. Amounts below 0, which are refunds, are bad rows. */
const TABFORMER: ColumnMap = {
  columns: {
    userId: 'User',
    cardId: ['User', 'Card'],
    amount: 'Amount',
    channel: 'Use Chip',
    merchantId: 'Merchant Name',
    customerLocation: 'Merchant City',
    mcc: 'MCC',
    transactionDate: ['Year', 'Month', 'Day', 'Time'],
    isFraud: 'Is Fraud?',
  },
  timeFormat: 'yyyy M d H:mm',
  amountPrefix: '$',
  schema: {
    ...own('category', [
      ['state', 'Merchant State'],
      ['errors', 'Errors?'],
    ]),
    ...apiCategories('mcc'),
  },
};

/**
 * Bank Account Fraud (NeurIPS 2022): applications for an account, without ids, people or times but the month, counted from a day of no meaning.
 * -1 stands for nothing in five columns; below 0 in `intended_balcon_amount` does too, and is left to the trees.
 */
const BAF: ColumnMap = {
  columns: { transactionDate: 'month', channel: 'source', isFraud: 'fraud_bool' },
  constants: { type: 'registration' },
  timeUnit: 'months',
  timeOrigin: '2022-01-01T00:00:00Z',
  missing: {
    prev_address_months_count: '-1',
    current_address_months_count: '-1',
    bank_months_count: '-1',
    session_length_in_minutes: '-1',
    device_distinct_emails_8w: '-1',
  },
  schema: {
    ...own('number', [
      ...['income', 'name_email_similarity', 'prev_address_months_count', 'current_address_months_count'],
      ...['customer_age', 'days_since_request', 'intended_balcon_amount', 'zip_count_4w'],
      ...['velocity_6h', 'velocity_24h', 'velocity_4w', 'bank_branch_count_8w', 'date_of_birth_distinct_emails_4w'],
      ...['credit_risk_score', 'bank_months_count', 'proposed_credit_limit', 'session_length_in_minutes'],
      ...['device_distinct_emails_8w', 'device_fraud_count'],
    ]),
    ...own('category', ['payment_type', 'employment_status', 'housing_status', 'device_os']),
    ...own('boolean', ['email_is_free', 'phone_home_valid', 'phone_mobile_valid', 'has_other_cards']),
    ...own('boolean', ['foreign_request', 'keep_alive_session']),
  },
};

/** The column maps that `--format` names; the API's own names need none. Others come as a file. */
export const MAPS: Readonly<Record<string, ColumnMap>> = {
  assay: { columns: {} },
  handbook: HANDBOOK_MAP,
  sparkov: SPARKOV,
  paysim: PAYSIM,
  'ieee-cis': IEEE_CIS,
  tabformer: TABFORMER,
  baf: BAF,
};
