import { AssayError } from '../../domain/errors.ts';
import { SCHEME_LEDGERS } from '../../domain/ledgers/limits.ts';
import type { Api } from '../api.ts';
import { problems, table } from '../contract/common.ts';
import { LedgerParam, MonthQuery, SchemeLedger, TraLedger, TraQuery } from '../contract/ledgers.ts';
import { notesOf, schemeNotes, traNotes } from '../ledger-notes.ts';
import { monthOf, type Period, quarterOf } from '../ledger-period.ts';
import { schemeOf, settledMonth, traOf } from '../ledger-reading.ts';
import { sendTable } from '../page.ts';
import type { Services } from '../services.ts';
import { ledgerPaymentRoutes } from './ledger-payments.ts';

const scope = { scope: 'read' } as const;
const tags = ['ledgers'];
const failures = problems(401, 403, 422, 429, 503);

/** Fraud and disputes as the law and the card schemes count them. */
export function ledgerRoutes(app: Api, services: Services): void {
  const { config, clock } = services;
  const zone = config.ledgerTimeZone;
  ledgerPaymentRoutes(app, services);

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
      const maturityDays = config.labelMaturityDays;
      const tra = await traOf(services, quarter, now);
      const { rows, estimated, source } = tra.result();
      return sendTable(request, reply, rows, {
        ...head(quarter, now, 'The date on which a payment was executed, for value and fraud alike'),
        ...{ quarter: quarter.name, rows, source, rates: services.rules.rates.source },
        estimated: { ...estimated, ...notesOf(traNotes(estimated, maturityDays)) },
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
        summary: 'Disputes over settled payments by merchant, as Visa (VAMP) or Mastercard count',
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
      const settled = settledMonth(name, month);
      const ledger = await schemeOf(services, name, month);
      const { rows, portfolio, estimated, source } = ledger.result();
      const basis = `Reports by the month in which they were first made, settled payments by that of settlement: ${settled.name}${portfolio ? '; authorizations by the payment’s own time' : ''}`;
      return sendTable(request, reply, rows, {
        ...head(month, now, basis),
        ...{ month: month.name, rows, ...(portfolio ? { portfolio } : {}), source },
        estimated: { ...estimated, ...notesOf(schemeNotes(estimated)) },
      });
    },
  );

  function head({ from, to }: Period, now: number, basis: string) {
    const [starts, ends] = [from, to].map((time) => new Date(time).toISOString());
    return { from: starts, to: ends, zone, complete: now >= to, basis };
  }
}
