import type { TransactionInput, TransactionType } from '../../api/types.ts';

export interface FormField {
  name: Exclude<keyof TransactionInput, 'type' | 'id' | 'metadata' | 'transactionDate'>;
  label: string;
  number?: boolean;
  required?: boolean;
  /** Value and word; the first is none. */
  choices?: [value: string, word: string][];
  /** Those that it is asked of; all where absent. */
  of?: readonly TransactionType[];
  /** Behind a click. */
  more?: boolean;
}

export const TYPES: { value: TransactionType; label: string }[] = [
  { value: 'payment', label: 'Payment' },
  { value: 'login', label: 'Login' },
  { value: 'registration', label: 'Registration' },
  { value: 'payout', label: 'Payout' },
];

const MONEY = ['payment', 'payout'] as const;

/** What the form asks for: where nothing is paid, no amount and nothing of how it is paid. */
export const FIELDS: FormField[] = [
  { name: 'userId', label: 'User', required: true },
  { name: 'amount', label: 'Amount', number: true, required: true, of: MONEY },
  { name: 'currency', label: 'Currency', of: MONEY },
  { name: 'payeeId', label: 'Payee', of: ['payout'] },
  { name: 'productCategory', label: 'Category', of: MONEY },
  { name: 'merchantId', label: 'Merchant', of: MONEY },
  { name: 'channel', label: 'Channel' },
  { name: 'cardId', label: 'Card' },
  { name: 'deviceId', label: 'Device' },
  { name: 'ip', label: 'IP address' },
  { name: 'email', label: 'E-mail' },
  { name: 'customerLocation', label: 'Place' },
  { name: 'country', label: 'Country' },
  { name: 'latitude', label: 'Latitude', number: true },
  { name: 'longitude', label: 'Longitude', number: true },
  { name: 'accountAgeDays', label: 'Account age, days', number: true },
  { name: 'cardBin', label: 'BIN, 6 to 8 digits', more: true },
  { name: 'cardLast4', label: 'Last 4 digits', more: true },
  { name: 'cardBrand', label: 'Brand', more: true },
  { name: 'cardCountry', label: 'Issued in', more: true },
  { name: 'cardFunding', label: 'Funding', more: true },
  { name: 'instrument', label: 'Instrument', of: MONEY, more: true },
  {
    ...{ name: 'remote', label: 'Payer and payee', of: MONEY, more: true },
    choices: [
      ['', 'Not said'],
      ['true', 'Apart'],
      ['false', 'In one place'],
    ],
  },
  {
    ...{ name: 'initiator', label: 'Begun by', of: MONEY, more: true },
    choices: [
      ['', 'Not said'],
      ['customer', 'The customer'],
      ['merchant', 'The merchant'],
    ],
  },
  { name: 'mcc', label: 'Merchant category code', of: MONEY, more: true },
];

export const asked = ({ of }: FormField, type: TransactionType): boolean => of === undefined || of.includes(type);

export type Values = Partial<Record<FormField['name'], string>>;

export const toValues = ({
  type: _,
  id: __,
  metadata: ___,
  transactionDate: ____,
  ...fields
}: TransactionInput): Values =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

/** A number that is none stays text, so that the server says what is wrong with it. What is not asked is not sent. */
export function toBody(type: TransactionType, values: Values): TransactionInput {
  const body: Record<string, unknown> = type === 'payment' ? {} : { type };
  for (const field of FIELDS) {
    const text = values[field.name]?.trim() ?? '';
    if (text === '' || !asked(field, type)) continue;
    if (field.name === 'remote') body.remote = text === 'true';
    else body[field.name] = field.number && !Number.isNaN(Number(text)) ? Number(text) : text;
  }
  return body as unknown as TransactionInput;
}
