import Type from 'typebox';
import { SCHEME_LEDGERS, TRA_INSTRUMENTS } from '../../domain/ledgers/limits.ts';
import { SCHEME_STATES } from '../../domain/ledgers/schemes.ts';
import { TRA_STATES } from '../../domain/ledgers/tra.ts';
import { answer, Time, words } from './common.ts';

/** What the rules of payment hold a payment business to. */

const double = (description: string) => Type.Number({ format: 'double', description });
const orNull = <T extends string>(type: T, description: string) =>
  Type.Unsafe<(T extends 'string' ? string : number) | null>({
    type: [type, 'null'],
    ...(type === 'number' ? { format: 'double' } : {}),
    description,
  });
const bom = Type.Optional(words(['true', 'false'], 'CSV only: begins with the mark by which spreadsheets know UTF-8'));

export const LedgerParam = Type.Object({
  name: Type.String({ description: `\`${SCHEME_LEDGERS.join('` or `')}\`` }),
});
export const TraQuery = Type.Object({
  quarter: Type.Optional(Type.String({ description: 'Such as `2026Q4`; default: this one', examples: ['2026Q4'] })),
  bom,
});
export const MonthQuery = Type.Object({
  month: Type.Optional(Type.String({ description: 'Such as `2026-11`; default: this one', examples: ['2026-11'] })),
  bom,
});

export const TraRow = answer(
  {
    instrument: words(TRA_INSTRUMENTS, 'What is paid with'),
    band: Type.Integer({ description: 'Payments of up to so many euros' }),
    payments: Type.Integer({ description: 'Executed remote payments of every amount' }),
    value: double('Their value in euros'),
    fraudPayments: Type.Integer({ description: 'Of these, unauthorised or manipulated' }),
    fraudValue: double('Their value; recoveries and refunds are not deducted'),
    rate: orNull('number', '`fraudValue` / `value`, 0..1'),
    limit: double('What the band asks for'),
    rateBefore: orNull('number', 'Of the quarter before'),
    state: words(TRA_STATES, '`stopped`: over the limit in this quarter and the one before'),
  },
  'An instrument against a band',
);

const estimated = answer(
  { notes: Type.Array(Type.String(), { description: 'In words' }) },
  'What is estimated or left out: how many payments for each reason',
);

export const LedgerSpan = answer({
  from: Time(),
  to: Time('End, not included'),
  zone: Type.String({ description: 'LEDGER_TIME_ZONE' }),
  complete: Type.Boolean(),
  basis: Type.String({ description: 'Which date counts' }),
  estimated,
});

export const TraLedger = answer(
  {
    ...LedgerSpan.properties,
    quarter: Type.String(),
    rows: Type.Array(TraRow),
    source: Type.String({ description: 'Of the limits' }),
    rates: Type.String({ description: 'Where rates into euros come from' }),
  },
  'The fraud rate of PSD2’s exemption for low risk',
);

export const SchemeRow = answer({
  merchantId: orNull('string', 'null: nobody named one'),
  brand: Type.String(),
  settledCount: Type.Integer({ description: 'Settled payments that are divided by' }),
  fraudReports: Type.Integer(),
  fraudDisputes: Type.Integer(),
  otherDisputes: Type.Integer(),
  count: Type.Integer({ description: 'Of these, as the scheme adds them up' }),
  minimum: orNull('number', 'Count from which the rate matters'),
  rate: orNull('number', '`count` / `settledCount`'),
  limit: orNull('number', 'Rate from which it is over'),
  state: words(
    SCHEME_STATES,
    '`high`: the harder limit; `below_minimum`: the rate alone; `unknown`: nothing settled; `no_limit`: no programme then',
  ),
});

export const SchemeLedger = answer(
  {
    ...LedgerSpan.properties,
    month: Type.String(),
    rows: Type.Array(SchemeRow),
    source: orNull('string', 'Of the limits'),
  },
  'Reports over settled payments, by merchant',
);
