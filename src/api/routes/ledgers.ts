import { AssayError } from '../../domain/errors.ts';
import { createEuros } from '../../domain/ledgers/euros.ts';
import { SCHEME_LEDGERS, SCHEME_RULES } from '../../domain/ledgers/limits.ts';
import { createSchemeLedger } from '../../domain/ledgers/schemes.ts';
import { createTra } from '../../domain/ledgers/tra.ts';
import type { Api } from '../api.ts';
import { problems, table } from '../contract/common.ts';
import { LedgerParam, MonthQuery, SchemeLedger, TraLedger, TraQuery } from '../contract/ledgers.ts';
import { schemeNotes, traNotes } from '../ledger-notes.ts';
import { monthOf, type Period, quarterOf } from '../ledger-period.ts';
import { sendTable } from '../page.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';

const DAY_MS = 86_400_000;
/** A payment's own time is at most a day after its decision, by the rules of the intake for what is told of it. */
const SLACK_MS = 2 * DAY_MS;
/** How long before they are executed payments are held, and before they are settled decided, at most. */
const HELD_MS = 366 * DAY_MS;
const SETTLED_WITHIN_MS = 120 * DAY_MS;

const scope = { scope: 'read' } as const;
const tags = ['ledgers'];
const failures = problems(401, 403, 422, 429, 503);

/** Fraud and disputes as the law and the card schemes count them. */
export function ledgerRoutes(app: Api, services: Services): void {
  const { store, config, clock } = services;
  const zone = config.ledgerTimeZone;

  app.get(
    '/api/ledgers/tra',
    {
      config: scope,
      schema: {
        operationId: 'getTraLedger',
        tags,
        summary: 'The fraud rate of PSD2’s exemption for low risk, against its limits',
        querystring: TraQuery,
        response: { 200: table('The ledger', TraLedger), ...failures },
      },
    },
    async (request, reply) => {
      const now = clock();
      const quarter = quarterOf(request.query.quarter, zone, now);
      const before = quarter.before();
      const maturityDays = config.labelMaturityDays;
      const tra = createTra({
        edges: [before.from, quarter.from, quarter.to],
        ...{ day: quarter.day, now, maturityDays, eurosOf: createEuros(services.rules.rates) },
      });
      await read(services, () =>
        store.ledgers.decided(before.from - SLACK_MS, before.from - HELD_MS, (payment) => tra.add(payment)),
      );
      const { rows, estimated, source } = tra.result();
      return sendTable(request, reply, rows, {
        ...head(quarter, now, 'The date on which a payment was executed, for value and fraud alike'),
        ...{ quarter: quarter.name, rows, source, rates: services.rules.rates.source },
        estimated: { ...estimated, notes: traNotes(estimated, maturityDays) },
      });
    },
  );

  app.get(
    '/api/ledgers/:name',
    {
      config: scope,
      schema: {
        operationId: 'getSchemeLedger',
        tags,
        summary: 'Disputes of a month over settled payments by merchant, as Visa (VAMP) or Mastercard count',
        params: LedgerParam,
        querystring: MonthQuery,
        response: { 200: table('The ledger', SchemeLedger), ...failures, ...problems(404) },
      },
    },
    async (request, reply) => {
      const name = SCHEME_LEDGERS.find((each) => each === request.params.name);
      if (name === undefined)
        throw new AssayError('not_found', `There is no ledger of that name: tra, ${SCHEME_LEDGERS.join(', ')}.`);
      const now = clock();
      const month = monthOf(request.query.month, zone, now);
      const settled = SCHEME_RULES[name].isOverMonthBefore ? month.before() : month;
      const ledger = createSchemeLedger({ name, reported: month, settled, day: month.day });
      await read(services, async () => {
        const from = settled.from - SETTLED_WITHIN_MS;
        await store.ledgers.decided(from, from, (payment) => ledger.settle(payment));
        await store.ledgers.disputed(month.from, (payment) => ledger.report(payment));
      });
      const { rows, estimated, source } = ledger.result();
      const basis = `Reports by the month in which they were first made, settled payments by that of settlement: ${settled.name}`;
      return sendTable(request, reply, rows, {
        ...head(month, now, basis),
        ...{ month: month.name, rows, source, estimated: { ...estimated, notes: schemeNotes(estimated) } },
      });
    },
  );

  function head({ from, to }: Period, now: number, basis: string) {
    const [starts, ends] = [from, to].map((time) => new Date(time).toISOString());
    return { from: starts, to: ends, zone, complete: now >= to, basis };
  }
}
