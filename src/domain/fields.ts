/**
 * The fields of a transaction as a client sends them, each declared once: the contract's schemas, the intake, the columns of
 * history files and what the journal tells apart as personal all derive from this table.
 */
export type FieldKind =
  /** A name that machines pass around: 1 to 255 characters, no control characters. */
  | 'id'
  /** Words of people; empty counts as absent. */
  | 'words'
  | 'number'
  | 'flag'
  | 'choice'
  /** Digits as text, since leading zeros count. */
  | 'digits'
  | 'amount'
  | 'currency'
  | 'time'
  | 'ip'
  | 'email'
  | 'country'
  /** The client's own JSON object. */
  | 'metadata';

export interface Field {
  readonly kind: FieldKind;
  readonly description?: string;
  readonly required?: true;
  /** Says who someone is: kept apart in the journal so that it can be erased. */
  readonly personal?: true;
  /** Characters, or the bounds of a number. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
  readonly example?: unknown;
}

export const TRANSACTION_TYPES = ['payment', 'login', 'registration', 'payout'] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

/** Only these move money, and need an amount. */
export function movesMoney(type: TransactionType | undefined): boolean {
  return type !== 'login' && type !== 'registration';
}

export const TRANSACTION_FIELDS = {
  id: {
    kind: 'id',
    description: 'Chosen by you; repeated with the same body it gets the first answer',
    example: 'ord_981',
  },
  userId: { kind: 'id', required: true, description: 'Who pays; need not be known', example: 'auth0|12345' },
  amount: {
    kind: 'amount',
    minimum: 0,
    maximum: 1e12,
    description: 'Major units of `currency`, rounded to its minor unit. Logins and registrations do without',
    example: 100.5,
  },
  currency: { kind: 'currency', minimum: 3, maximum: 3, description: 'ISO 4217; `USD` where absent', example: 'USD' },
  type: {
    kind: 'choice',
    choices: TRANSACTION_TYPES,
    description: 'What is to be decided; `payment` where absent',
    example: 'payment',
  },
  productCategory: { kind: 'words', maximum: 255, example: 'Electronics' },
  customerLocation: {
    kind: 'words',
    maximum: 255,
    personal: true,
    description: 'Where the customer is, in words',
    example: 'New York',
  },
  accountAgeDays: { kind: 'number', minimum: 0, maximum: 1e6, example: 365 },
  transactionDate: {
    kind: 'time',
    maximum: 64,
    description:
      'RFC 3339; the offset gives the local hour. More than 5 minutes ahead it counts as the receipt, with a warning. Default: now',
    example: '2023-09-15T12:00:00Z',
  },
  merchantId: { kind: 'id', example: 'm_7' },
  cardId: { kind: 'id', description: 'The card, as a token: never its number', example: 'c_9' },
  deviceId: { kind: 'id', example: 'd_3' },
  payeeId: {
    kind: 'id',
    description: 'The account that a transfer or a payout goes to',
    example: 'acct_5',
  },
  ip: { kind: 'ip', maximum: 45, personal: true, example: '203.0.113.9' },
  email: { kind: 'email', maximum: 320, personal: true, example: 'a@b.co' },
  country: { kind: 'country', description: 'ISO 3166-1 alpha-2', example: 'US' },
  latitude: { kind: 'number', minimum: -90, maximum: 90, personal: true, example: 40.71 },
  longitude: { kind: 'number', minimum: -180, maximum: 180, personal: true, example: -74 },
  channel: { kind: 'words', maximum: 64, description: 'Such as `web`, `app`, `pos`', example: 'web' },
  cardBin: {
    kind: 'digits',
    minimum: 6,
    maximum: 8,
    description: 'The first 6 to 8 digits of the card’s number',
    example: '424242',
  },
  cardLast4: {
    kind: 'digits',
    minimum: 4,
    maximum: 4,
    personal: true,
    description: 'The last 4 digits of the card’s number',
    example: '4242',
  },
  cardBrand: { kind: 'words', maximum: 64, description: 'Such as `visa`, `mastercard`', example: 'visa' },
  cardCountry: { kind: 'country', description: 'Where the card was issued, ISO 3166-1 alpha-2', example: 'US' },
  cardFunding: { kind: 'words', maximum: 64, description: 'Such as `credit`, `debit`, `prepaid`', example: 'credit' },
  instrument: {
    kind: 'words',
    maximum: 64,
    description: 'Such as `card`, `credit_transfer`, `direct_debit`, `wallet`',
    example: 'card',
  },
  remote: {
    kind: 'flag',
    description: 'Whether payer and payee are apart, as by web, app or telephone',
    example: true,
  },
  initiator: { kind: 'choice', choices: ['customer', 'merchant'], example: 'customer' },
  mcc: {
    kind: 'digits',
    minimum: 4,
    maximum: 4,
    description: 'The merchant’s category code, ISO 18245',
    example: '5732',
  },
  metadata: {
    kind: 'metadata',
    personal: true,
    description: 'Anything of your own: at most 8 levels, 256 keys and 16 KiB',
    example: { basketSize: 3 },
  },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof TRANSACTION_FIELDS;

type ValueOf<F extends Field> = F['kind'] extends 'number' | 'amount'
  ? number
  : F['kind'] extends 'flag'
    ? boolean
    : F['kind'] extends 'metadata'
      ? Record<string, unknown>
      : F extends { choices: readonly (infer C)[] }
        ? C
        : string;

type Table = typeof TRANSACTION_FIELDS;

/** A transaction as a client sends it. */
export type TransactionBody = { userId: string } & {
  [N in Exclude<FieldName, 'userId'>]?: ValueOf<Table[N]>;
};

/** The fields that are settled on the way in, under these names or others; what is left is kept as it came. */
const SETTLED = ['id', 'userId', 'amount', 'currency', 'transactionDate', 'type'] as const;
type SettledName = (typeof SETTLED)[number];
export type DetailName = Exclude<FieldName, SettledName>;

export const FIELD_NAMES = Object.keys(TRANSACTION_FIELDS) as FieldName[];
export const DETAIL_NAMES = FIELD_NAMES.filter(
  (name): name is DetailName => !(SETTLED as readonly string[]).includes(name),
);
export const fieldOf = (name: FieldName): Field => TRANSACTION_FIELDS[name];

/** The optional fields of an accepted transaction. */
export type Details = { [N in DetailName]?: ValueOf<Table[N]> };

type PersonalName = { [N in DetailName]: Table[N] extends { personal: true } ? N : never }[DetailName];

/** Fields that say who someone is. */
export const PERSONAL_FIELDS = DETAIL_NAMES.filter((name): name is PersonalName => fieldOf(name).personal === true);
export type PersonalField = PersonalName;
const PERSONAL: ReadonlySet<string> = new Set(PERSONAL_FIELDS);
export const isPersonal = (name: string): boolean => PERSONAL.has(name);

/** The details that a record holds in the open. */
export const PUBLIC_DETAILS = DETAIL_NAMES.filter((name) => !PERSONAL.has(name));

/** Under `/api/transactions` these are addresses of their own, so that a transaction of that id could not be read. */
export const RESERVED_IDS: readonly string[] = ['alerts', 'finalize', 'stats', 'user'];
