import type { Decision, ScaAdvice } from '../domain/decision.ts';
import type { Event } from '../domain/event.ts';
import type { createEuros } from '../domain/ledgers/euros.ts';
import { CARD_DETAILS, instrumentOf, remoteOf } from '../domain/ledgers/payment.ts';
import type { ExemptUpTo } from '../domain/ledgers/tra.ts';
import { DAY_MS } from '../domain/rates.ts';
import type { Transaction } from '../domain/transaction.ts';
import { catalogueFor } from '../features/catalogue.ts';
import { compile } from '../features/compile.ts';
import type { Profiles } from '../profiles/profiles.ts';

/**
 * The signals of Article 18(2)(c) of Delegated Regulation (EU) 2018/389 that profiles can tell, each by features and what they may be at
 * most. A signal is absent where one of its features at least is known and none is above: what nobody knows is no clean record. The
 * model hears all of them beside; malware and the payee's place are the caller's to say, through a rule: see docs/ledgers.md.
 */
export const RISK_SIGNALS: readonly Readonly<Record<string, number>>[] = [
  // (i) Abnormal spending: in deviations of the user's newest amounts.
  { user_amount_deviations: 3 },
  // (ii) A device that this user never paid with.
  { user_new_device: 0 },
  // (iv) Known fraud, of whoever takes part and of those whom payments join with them.
  { user_ever_frauds: 0, card_ever_frauds: 0, device_ever_frauds: 0, payee_ever_frauds: 0, linked_frauds: 0 },
  // (v) A country that is new, faster than an airliner, or far from the newest places.
  { user_new_country: 0, user_speed_kmh: 1000, user_distance_from_usual_km: 500 },
];

/** What decisions are compared with. */
export interface TraState {
  upTo: ExemptUpTo;
  /** Milliseconds: from then on it says nothing any more. */
  until: number;
  /** Cents; undefined where there is no rate. */
  eurosOf: ReturnType<typeof createEuros>;
}

export interface Advised {
  /** As they are before the payment is learnt. */
  profiles: Profiles;
  transaction: Transaction;
  event: Event;
  /** Milliseconds: of the decision's record. */
  at: number;
}

export interface ScaAdvisor {
  /** What the ledger says now; undefined: nothing is known, and nobody is advised. */
  tell(state: TraState | undefined): void;
  /** Changes nothing; undefined where strong authentication is not to be left out. */
  advise(decision: Decision, of: Advised): ScaAdvice | undefined;
}

/** Advises payments of the exemption for low risk, by figures that it is told. */
export function createScaAdvisor(entityTypes: readonly string[]): ScaAdvisor {
  const all = catalogueFor(entityTypes);
  const signals = RISK_SIGNALS.map((signal) => all.filter(({ name }) => name in signal));
  const definitions = signals.flat();
  const extractor = compile(definitions, { entityTypes });
  const values = new Float64Array(definitions.length);
  let state: TraState | undefined;

  const isClean = ({ profiles, event }: Advised) => {
    extractor.extract(profiles, event, values);
    let at = 0;
    return signals.every((features, i) => {
      const found = features.map(({ name }) => ({ value: values[at++], most: RISK_SIGNALS[i][name] }));
      return found.some(({ value }) => !Number.isNaN(value)) && !found.some(({ value, most }) => value > most);
    });
  };

  return {
    tell(next) {
      state = next;
    },
    advise(decision, of) {
      if (state === undefined || of.at >= state.until || !isApproved(decision)) return undefined;
      const { transaction, at } = of;
      const instrument = exemptInstrument(transaction);
      // What comes as history has been authenticated or not.
      if (instrument === undefined || Math.abs(at - transaction.time) > DAY_MS) return undefined;
      const upTo = state.upTo[instrument];
      if (upTo === 0) return undefined;
      const cents = state.eurosOf(transaction.amountMinor!, transaction);
      if (cents === undefined || cents > 100 * upTo || !isClean(of)) return undefined;
      return { exemption: 'tra', upTo };
    },
  };
}

/** By the model, with nothing said against it: an analysis of risk, which a rule or a draw is not. */
function isApproved({ decision, decidedBy, degraded, rules, actions }: Decision): boolean {
  if (decision !== 'approve' || decidedBy !== 'model' || degraded || actions !== undefined) return false;
  return rules.every(({ mode, outcome }) => mode !== 'live' || outcome === 'approve');
}

/** What a remote payment by its payer is paid with, where the exemption knows it. What a merchant initiates needs none. */
function exemptInstrument(transaction: Transaction) {
  const { type, initiator, remote, channel } = transaction;
  if ((type ?? 'payment') !== 'payment' || initiator === 'merchant' || remoteOf(remote, channel) === 'no')
    return undefined;
  const instrument = instrumentOf(
    transaction.instrument,
    CARD_DETAILS.some((name) => transaction[name] !== undefined),
  );
  return instrument === 'card' || instrument === 'credit_transfer' ? instrument : undefined;
}
