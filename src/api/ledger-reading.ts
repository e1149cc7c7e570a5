import { createEuros } from '../domain/ledgers/euros.ts';
import { SCHEME_RULES, type SchemeLedgerName } from '../domain/ledgers/limits.ts';
import type { LedgerPayment } from '../domain/ledgers/payment.ts';
import { createSchemeLedger, type SchemePart } from '../domain/ledgers/schemes.ts';
import { createTra, type TraCounted } from '../domain/ledgers/tra.ts';
import type { Period } from './ledger-period.ts';
import { read } from './read.ts';
import type { Services } from './services.ts';

const DAY_MS = 86_400_000;
/** A payment's own time is at most a day after its decision, by the rules of the intake for what is told of it. */
const SLACK_MS = 2 * DAY_MS;
/** How long before they are executed payments are held, and before they are settled decided, at most. */
const HELD_MS = 366 * DAY_MS;
const SETTLED_WITHIN_MS = 120 * DAY_MS;

/** The ledger of a quarter, of every payment that may belong to it; `visit` is told each with what it counts to. */
export async function traOf(
  services: Services,
  quarter: Period,
  now: number,
  visit?: (payment: LedgerPayment, counted: TraCounted) => void,
) {
  const { store, config, rules } = services;
  const before = quarter.before();
  const first = before.before();
  const tra = createTra({
    edges: [first.from, before.from, quarter.from, quarter.to],
    ...{ day: quarter.day, now, maturityDays: config.labelMaturityDays, eurosOf: createEuros(rules.rates) },
  });
  await read(services, () =>
    store.ledgers.decided(first.from - SLACK_MS, first.from - HELD_MS, (payment) => {
      const counted = tra.add(payment);
      if (counted) visit?.(payment, counted);
    }),
  );
  return tra;
}

/** The month whose settled payments a scheme divides by. */
export const settledMonth = (name: SchemeLedgerName, month: Period): Period =>
  SCHEME_RULES[name].isOverMonthBefore ? month.before() : month;

/** The same of a scheme's month. */
export async function schemeOf(
  services: Services,
  name: SchemeLedgerName,
  month: Period,
  visit?: (payment: LedgerPayment, parts: readonly SchemePart[]) => void,
) {
  const { store } = services;
  const settled = settledMonth(name, month);
  const ledger = createSchemeLedger({ name, reported: month, settled, day: month.day });
  await read(services, async () => {
    const from = settled.from - SETTLED_WITHIN_MS;
    await store.ledgers.decided(from, from, (payment) => {
      const parts = ledger.settle(payment);
      visit?.(payment, parts);
      for (const counted of ledger.authorize(payment)) visit?.(...counted);
    });
    await store.ledgers.disputed(month.from, (payment) => {
      const parts = ledger.report(payment);
      visit?.(payment, parts);
    });
  });
  return ledger;
}
