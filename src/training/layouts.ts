import { type ColumnMap, HANDBOOK_MAP } from './column-map.ts';

/**
 * Public sets by what their columns are called. What a set lacks is made of what it has, and said here; what only it has is left unused,
 * and named when the file is read.
 */

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
};

/** PaySim: steps are hours of a simulation, counted from a day of no meaning; its kinds of transfer are categories. */
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
};

/** IEEE-CIS: nobody is named, so whoever shares card, address and e-mail domain is one customer; seconds count from a day of no meaning. */
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
};

/** The column maps that `--format` names; the API's own names need none. Others come as a file. */
export const MAPS: Readonly<Record<string, ColumnMap>> = {
  assay: { columns: {} },
  handbook: HANDBOOK_MAP,
  sparkov: SPARKOV,
  paysim: PAYSIM,
  'ieee-cis': IEEE_CIS,
  tabformer: TABFORMER,
};
