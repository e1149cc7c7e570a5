import Type from 'typebox';
import { toMajor } from '../../domain/currency.ts';
import { AssayError } from '../../domain/errors.ts';
import { SCHEME_LEDGERS, TRA_INSTRUMENTS } from '../../domain/ledgers/limits.ts';
import { executedMinor, type LedgerPayment } from '../../domain/ledgers/payment.ts';
import { SCHEME_PARTS, type SchemePart } from '../../domain/ledgers/schemes.ts';
import { TRA_PARTS, type TraPart } from '../../domain/ledgers/tra.ts';
import type { Api } from '../api.ts';
import { words } from '../contract/common.ts';
import { LedgerParam } from '../contract/ledgers.ts';
import { monthOf, quarterOf } from '../ledger-period.ts';
import { schemeOf, traOf } from '../ledger-reading.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';

/** Payments that a figure opens to at most; how many there are is said. */
const MOST = 500;

const LedgerPaymentsQuery = Type.Object({
  part: words([...TRA_PARTS, ...SCHEME_PARTS.filter((part) => part !== 'assumedRemote')]),
  period: Type.Optional(Type.String()),
  instrument: Type.Optional(words(TRA_INSTRUMENTS)),
  /** Empty: those of which nobody named one. */
  merchantId: Type.Optional(Type.String()),
});

/** The payments behind a figure of a ledger, the same reading as the figure's: for the dashboard, and not in the document. */
export function ledgerPaymentRoutes(app: Api, services: Services): void {
  const { config, clock } = services;
  const schema = { hide: true, params: LedgerParam, querystring: LedgerPaymentsQuery } as const;

  app.get('/api/ledgers/:name/payments', { config: { scope: 'read' }, schema }, async ({ params, query }) => {
    const { part, period, instrument, merchantId } = query;
    const found: object[] = [];
    let total = 0;
    const add = (payment: LedgerPayment, more: object) => {
      if (merchantId !== undefined && merchantId !== (payment.merchantId ?? '')) return;
      total++;
      found.push({ ...shown(payment), ...more });
      // The newest of those that are kept: readings go from old to new.
      if (found.length > MOST) found.shift();
    };
    const now = clock();
    const zone = config.ledgerTimeZone;
    if (params.name === 'tra') {
      if (!TRA_PARTS.includes(part as TraPart)) throw invalid('/part', `is one of ${TRA_PARTS.join(', ')}`);
      await traOf(
        services,
        quarterOf(period, zone, now, '/period'),
        now,
        (payment, { parts, cents, instrument: of }) => {
          if (!parts.includes(part as TraPart) || (instrument !== undefined && of !== instrument)) return;
          add(payment, { counted: cents === undefined ? null : Number(cents) / 100 });
        },
      );
    } else {
      const name = SCHEME_LEDGERS.find((each) => each === params.name);
      if (name === undefined) throw new AssayError('not_found', `There is no ledger of that name: ${params.name}.`);
      if (!SCHEME_PARTS.includes(part as SchemePart)) throw invalid('/part', `is one of ${SCHEME_PARTS.join(', ')}`);
      await schemeOf(services, name, monthOf(period, zone, now, '/period'), (payment, parts) => {
        // Of two reports of a payment each counts.
        for (const one of parts) if (one === part) add(payment, {});
      });
    }
    return { data: found.reverse(), total };
  });
}

function shown(payment: LedgerPayment) {
  const { id, merchantId, currency, time, executedAt, remote } = payment;
  return {
    ...{ id, merchantId, currency, at: new Date(time).toISOString(), remote },
    executedAt: executedAt === undefined ? null : new Date(executedAt).toISOString(),
    amount: toMajor(executedMinor(payment), currency),
  };
}
