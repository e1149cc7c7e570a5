import Type from 'typebox';
import { SCHEME_LEDGERS, TRA_INSTRUMENTS } from '../../domain/ledgers/limits.ts';
import { SCHEME_STATES } from '../../domain/ledgers/schemes.ts';
import { TRA_STATES } from '../../domain/ledgers/tra.ts';
import { answer, Id, said, Time, words } from './common.ts';

/** What the rules of payment hold a payment business to. */

const double = (description?: string) => Type.Number({ format: 'double', ...said(description) });
const orNull = <T extends string>(type: T, description?: string) =>
  Type.Unsafe<(T extends 'string' ? string : number) | null>({
    type: [type, 'null'],
    ...(type === 'number' ? { format: 'double' } : {}),
    ...said(description),
  });
const bom = Type.Optional(words(['true', 'false'], 'CSV: begins with the mark of UTF-8'));

export const LedgerParam = Type.Object({
  name: Id(`\`${SCHEME_LEDGERS.join('` or `')}\``),
});
export const TraQuery = Type.Object({
  quarter: Type.Optional(Type.String({ format: 'quarter', description: 'Such as `2026Q4`; default: this one' })),
  bom,
});
export const MonthQuery = Type.Object({
  month: Type.Optional(Type.String({ format: 'month', description: 'Such as `2026-11`; default: this one' })),
  bom,
});

export const TraRow = answer(
  {
    instrument: words(TRA_INSTRUMENTS, 'What is paid with'),
    band: Type.Integer({ description: 'Up to so many euros' }),
    payments: Type.Integer(),
    value: double('Euros'),
    fraudPayments: Type.Integer(),
    fraudValue: double(),
    rate: orNull('number'),
    limit: double(),
    rateBefore: orNull('number'),
    state: words(TRA_STATES, '`stopped`: over in two quarters'),
  },
  'An instrument against a band',
);

const estimated = answer({ notes: Type.Array(Type.String()) }, 'What is estimated or left out');

export const LedgerSpan = answer({
  from: Time(),
  to: Time('End, not included'),
  zone: Type.String(),
  complete: Type.Boolean(),
  basis: Type.String({ description: 'Which date counts' }),
  estimated,
});

export const TraLedger = answer({
  ...LedgerSpan.properties,
  quarter: Type.String(),
  rows: Type.Array(TraRow),
  source: Type.String(),
  rates: Type.String(),
});

export const SchemeState = words(SCHEME_STATES);
export const SchemeRow = answer({
  merchantId: orNull('string'),
  brand: Type.String(),
  settledCount: Type.Integer(),
  fraudReports: Type.Integer(),
  fraudDisputes: Type.Integer(),
  otherDisputes: Type.Integer(),
  count: Type.Integer(),
  minimum: orNull('number'),
  rate: orNull('number'),
  limit: orNull('number'),
  state: words(SCHEME_STATES, '`below_minimum`: the rate alone'),
  authorizations: Type.Optional(Type.Integer()),
  enumerated: Type.Optional(Type.Integer({ description: 'An estimate' })),
  enumeratedMinimum: Type.Optional(orNull('number')),
  enumeratedRate: Type.Optional(orNull('number')),
  enumeratedLimit: Type.Optional(orNull('number')),
  enumeratedState: Type.Optional(SchemeState),
});

export const SchemeLedger = answer({
  ...LedgerSpan.properties,
  month: Type.String(),
  rows: Type.Array(SchemeRow),
  portfolio: Type.Optional(SchemeRow),
  source: orNull('string'),
});
