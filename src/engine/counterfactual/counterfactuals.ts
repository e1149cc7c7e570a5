import type { Decision } from '../../domain/decision.ts';
import type { Event } from '../../domain/event.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { Transaction } from '../../domain/transaction.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { outcomeOf } from '../../policy/thresholds.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import { type EntityNaming, entityKeys, eventOf } from '../event.ts';
import { judge, judgeWithoutModel, type Serving, thresholdsOf } from '../judge.ts';
import { applyPolicy } from '../policy/apply.ts';
import { type InForce, NO_POLICY } from '../policy/in-force.ts';
import { makePass, type Pass } from '../policy/pass.ts';
import { paymentOf, refillOf } from '../policy/recorded.ts';
import { profilesBefore } from './before.ts';
import { type Earlier, type Move, movesOf } from './moves.ts';
import { search, type Tried } from './search.ts';
import type { Change, Counterfactual, Counterfactuals } from './told.ts';

export interface CounterfactualPorts {
  naming: EntityNaming;
  servingOf: (version: string) => Serving | undefined;
  policyAt?: (version: number, listsAt: number) => InForce | undefined;
}

/** Profiles of an event's entities: at once, or a round trip away. */
export type Reach = (events: readonly Event[], pass: Pass) => Profiles | Promise<Profiles>;

const STRICTNESS = { approve: 0, review: 1, decline: 2 } as const;

/**
 * What would have changed a decision: the smallest changes of what a person could have told or done, each decided again by the model
 * and the policy of then over the profiles of then. Numbers that a change moves must be told as they were recorded, else it is not offered.
 */
export async function counterfactuals(
  ports: CounterfactualPorts,
  record: JournalRecord,
  earlier: readonly Earlier[],
  reach: Reach,
): Promise<Counterfactuals> {
  const { decision } = record.data as unknown as DecisionData;
  if (decision.decision === 'approve') return nothing('It was approved: there is nothing to change.');
  const serving = decision.model && ports.servingOf(decision.model.version);
  if (decision.model && !(serving && record.vector))
    return nothing(
      `Model ${decision.model.version}, which decided, is not here any more: nothing can be decided again.`,
    );
  const version = decision.policyVersion ?? 0;
  const inForce = ports.policyAt?.(version, record.at) ?? (version === 0 ? NO_POLICY : undefined);
  if (!inForce) return nothing(`Version ${version} of the policy, which decided, is not here any more.`);

  const { transaction, event } = paymentOf(record, ports.naming.entityTypes);
  const own = entityKeys(transaction, ports.naming);
  const changed = (moves: readonly Move[]) => {
    const other: Transaction = Object.assign({ ...transaction }, ...moves.map(({ set }) => set));
    const keys = entityKeys(other, ports.naming);
    // Keys that stay are the recorded ones, whatever they were made of then.
    for (let i = 0; i < keys.length; i++) if (keys[i] === own[i]) keys[i] = event.entities[i];
    return { transaction: other, event: eventOf(other, keys) };
  };
  const moves = movesOf(transaction, earlier);
  const named = moves.filter(({ kind }) => kind === 'device' || kind === 'network');
  const pass = passFor(serving, inForce, ports.naming.entityTypes);
  const asked = [event, ...named.map((move) => changed([move]).event)];
  const profiles = profilesBefore(await reach(asked, pass), event);
  const then = new Float64Array(pass.model + pass.rules);
  pass.extract(profiles, event, then);
  const refill = refillOf({ inForce, serving }, inForce.definitions);
  const recorded = new Float64Array(then.length);
  if (record.vector && serving) recorded.set(record.vector);
  recorded.set(refill.fill(record), pass.model);

  const numbers = new Float64Array(then.length);
  /** The numbers of then, but for what the changes move; false where one of these cannot be told. */
  const fill = (asked: ReturnType<typeof changed>): boolean => {
    pass.extract(profiles, asked.event, numbers);
    for (let i = 0; i < numbers.length; i++) {
      if (Object.is(numbers[i], then[i])) numbers[i] = recorded[i];
      else if (!Object.is(then[i], recorded[i])) return false;
    }
    return true;
  };
  const decided = (asked: ReturnType<typeof changed>, values: Float64Array, brief: boolean): Decision => {
    const vector = values.subarray(0, pass.model);
    const judged = !serving
      ? judgeWithoutModel()
      : brief
        ? briefly(serving, vector, inForce)
        : judge(serving, vector, new Float64Array(vector.length), thresholdsOf(serving, inForce.policy));
    const seen = { ...asked, ruleVector: values.subarray(pass.model), recordedAt: record.at };
    return applyPolicy(inForce, judged, seen);
  };
  if (decided({ transaction, event }, recorded, false).decision !== decision.decision)
    return nothing('Decided again it has another outcome, since what it was decided by is not all kept.');

  const attempt = (set: readonly Move[]): Tried | undefined => {
    const asked = changed(set);
    if (!fill(asked)) return undefined;
    const { decision, probability } = decided(asked, numbers, true);
    return { strictness: STRICTNESS[decision], probability };
  };
  const strictness = STRICTNESS[decision.decision];
  const found = search(transaction, moves, strictness, attempt).flatMap((set): Counterfactual[] => {
    const asked = changed(set);
    fill(asked);
    const again = decided(asked, numbers, false);
    if (STRICTNESS[again.decision] >= strictness) return [];
    const { probability } = again;
    return [{ changes: set.flatMap((move) => changesOf(transaction, move)), decision: again.decision, probability }];
  });
  if (found.length > 0) return { counterfactuals: found };
  return nothing(whyNone(decision, earlier.length));
}

const nothing = (none: string): Counterfactuals => ({ counterfactuals: [], none });

function whyNone({ decidedBy }: Decision, known: number): string {
  const tried =
    'No change of the amount, the time, or to a device, a network, a place or a channel of earlier payments';
  const by = decidedBy?.startsWith('rule:') ? ` of what rule ${decidedBy.slice(5)} asks` : '';
  const history = known === 0 ? ' This user has no earlier approved payment to go by.' : '';
  return `${tried} makes the outcome milder: it stands on what the person cannot change${by}.${history}`;
}

/** A decision as rules and thresholds see it, without its reasons: most tries come to nothing. */
function briefly(serving: Serving, vector: Float64Array, inForce: InForce): Decision {
  const { model } = serving;
  const probability = model.calibrate(model.score(vector));
  return {
    ...judgeWithoutModel(),
    ...{ decision: outcomeOf(probability, thresholdsOf(serving, inForce.policy)), probability },
    ...{ score: Math.round(100 * probability), model: { name: model.name, version: model.version } },
  };
}

const FIELDS = ['amount', 'deviceId', 'ip', 'country', 'customerLocation', 'latitude', 'longitude', 'channel', 'time'];

/** By the fields' names of the API. */
function changesOf(transaction: Transaction, { set, message }: Move): Change[] {
  const before = transaction as unknown as Record<string, unknown>;
  const after = set as Record<string, unknown>;
  return FIELDS.filter((name) => name in after && after[name] !== before[name]).map((name) =>
    name === 'time'
      ? {
          field: 'transactionDate',
          from: localTime(transaction.time, transaction.offsetMinutes),
          to: localTime(set.time!, transaction.offsetMinutes),
          message,
        }
      : { field: name, from: before[name] ?? null, to: after[name] ?? null, message },
  );
}

/** With the offset that it came with: the local hour is decided by. */
function localTime(time: number, offsetMinutes: number): string {
  const text = new Date(time + offsetMinutes * 60_000).toISOString();
  if (offsetMinutes === 0) return text;
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${text.slice(0, -1)}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

let last: { serving: Serving | undefined; schema: string; pass: Pass } | undefined;

/** Apart from the pass of the decisions' path, which may be of another model. Compiling takes longer than asking. */
function passFor(serving: Serving | undefined, inForce: InForce, entityTypes: readonly string[]): Pass {
  if (last?.serving === serving && last?.schema === inForce.schema) return last!.pass;
  const pass = makePass(serving, inForce.definitions, entityTypes);
  last = { serving, schema: inForce.schema, pass };
  return pass;
}
