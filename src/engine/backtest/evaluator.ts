import type { Decision, Outcome } from '../../domain/decision.ts';
import type { Event } from '../../domain/event.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import { combine } from '../../policy/combine.ts';
import { profileKey } from '../../profiles/keys.ts';
import { createProfiles } from '../../profiles/memory.ts';
import { fingerprint, type Profiles } from '../../profiles/profiles.ts';
import type { Past } from '../columns/chunk.ts';
import { advance, type EngineState, fold } from '../fold.ts';
import { judge, type Serving, thresholdsOf } from '../judge.ts';
import { applyPolicy, type Seen } from '../policy/apply.ts';
import { type ControlShare, createControlShare } from '../policy/control-share.ts';
import type { InForce } from '../policy/in-force.ts';
import { makePass, type Pass, passOf } from '../policy/pass.ts';
import { type Payment, paymentOf, type Refill, refillOf } from '../policy/recorded.ts';
import { emptyPolicy } from '../policy/state.ts';
import { createStoredJudge } from './judge-stored.ts';

/** What a backtest needs of the engine. */
export interface EvaluatorPorts {
  entityTypes: readonly string[];
  /** What users' profiles keep of one's own columns. */
  own?: readonly string[];
  /** After which profiles are forgotten; 0 and by default: never. */
  ttlDays?: number;
  servingOf: (version: string) => Serving | undefined;
  /** The model that decides now. */
  serving: () => Serving | undefined;
  /** The policy of a version, over lists as they were at a time. */
  policyAt: (version: number, listsAt: number) => InForce | undefined;
  /** Hex; what the control share is drawn by. */
  secret: () => string | null;
}

/** The policy that is tried, and perhaps another model. */
export interface Tried {
  inForce: InForce;
  /** In the place of each decision's own. */
  other: Serving | undefined;
}

/** What a record would have come to. */
export interface Would {
  decision: Decision;
  /** What was decided before the control share was drawn. */
  ruled: Outcome;
  /** Rules that alone made it what it is: the live one that won, and shadow ones that would have won. */
  alone: readonly string[];
}

/** Evaluates the records of a log, handed in in its order, under another policy. The path of a decision, with nothing recorded. */
export interface Evaluator {
  /** Undefined where what was stored does not suffice; `lacks` says what. `payment`: that of the record, where it is at hand. */
  decide(record: JournalRecord, payment?: Payment): Would | undefined;
  /** Any other record; decisions are handed to `decide` alone. */
  learn(past: Past): void;
  readonly lacks: ReadonlySet<string>;
  /** Decisions whose model is gone. */
  readonly gone: number;
  /** Windows that reached past what is exactly known, or were not taken as of then. */
  readonly approximate: ReadonlySet<string>;
}

/** From what was stored with each decision. `fallback`: profiles of today, for windows that were not recorded. */
export function createStoredEvaluator(ports: EvaluatorPorts, tried: Tried, fallback?: Profiles): Evaluator {
  const { inForce } = tried;
  const lacks = new Set<string>();
  const approximate = new Set<string>();
  const sources = new Map<string, Source>();
  let [last, lastModel, lastPolicy]: [Source?, string?, number?] = [];
  const own = createStoredJudge({ servingOf: ports.servingOf, other: tried.other }, ports.serving);
  const ruleVector = new Float64Array(inForce.definitions.length);
  const control = controlOf(ports, inForce);

  function sourceOf({ policyVersion = 0, model }: Decision, at: number): Source {
    // One after the other mostly come of the same.
    if (last && lastPolicy === policyVersion && lastModel === model?.version) return last;
    const name = `${policyVersion} ${model?.version ?? ''}`;
    let source = sources.get(name);
    if (!source) {
      source = makeSource(policyVersion, model && ports.servingOf(model.version), at);
      if (sources.size >= MOST_SOURCES) sources.delete(sources.keys().next().value!);
      sources.set(name, source);
    }
    [last, lastModel, lastPolicy] = [source, model?.version, policyVersion];
    return source;
  }

  function makeSource(policyVersion: number, serving: Serving | undefined, at: number): Source {
    const then = ports.policyAt(policyVersion, at) ?? { ...inForce, schema: '', definitions: [] };
    const refill = refillOf({ inForce: then, serving }, inForce.definitions);
    const { missing } = refill;
    const today = fallback && missing.length > 0 ? makePass(undefined, missing, fallback.entityTypes) : undefined;
    const slots = missing.map((one) => inForce.definitions.indexOf(one));
    return { then, refill, today, slots, numbers: new Float64Array(slots.length) };
  }

  /** What the record does not hold, as profiles have it now of the time just before it. */
  function fillIn({ event, ruleVector }: Seen, { today, slots, numbers, refill }: Source): void {
    today!.extract(fallback!, { ...event, time: event.time - JUST_BEFORE_MS }, numbers);
    for (let i = 0; i < slots.length; i++) {
      ruleVector[slots[i]] = numbers[i];
      approximate.add(refill.missing[i].name);
    }
  }

  return {
    lacks,
    approximate,
    get gone() {
      return own.gone;
    },
    learn() {},
    decide(record, payment) {
      const data = record.data as unknown as DecisionData;
      const judged = own.judged(record, inForce, payment?.event);
      const source = sourceOf(data.decision, record.at);
      const { refill, then } = source;
      if (!judged) lacks.add('the features of the model');
      const isShort = refill.missing.length > 0;
      if (isShort && !source.today) for (const { name } of refill.missing) lacks.add(name);
      if (!judged || (isShort && !source.today)) return undefined;
      const { transaction, event } = payment ?? paymentOf(record, inForce.entityTypes);
      const seen = { transaction, event, ruleVector: refill.fill(record, ruleVector), recordedAt: record.at };
      if (isShort) fillIn(seen, source);
      for (const slot of data.ruleApproximate ?? NO_SLOTS) {
        const name = then.definitions[slot]?.name;
        if (name !== undefined) approximate.add(name);
      }
      return apply(inForce, judged, seen, record, control);
    },
  };
}

/** Where the numbers of the tried rules come from, for records of one policy and model. */
interface Source {
  then: InForce;
  refill: Refill;
  /** Takes what is missing from the profiles of today; undefined where nothing is, or none are here. */
  today: Pass | undefined;
  /** Where each of the missing goes. */
  slots: readonly number[];
  numbers: Float64Array;
}

const MOST_SOURCES = 256;
const NO_SLOTS: readonly number[] = Object.freeze([]);
/** Today's profiles hold the payment itself; windows end before it. */
const JUST_BEFORE_MS = 1 / 1024;

/** Whether models are asked anew too: of what records do not hold it is mostly windows of rules alone. */
export type Recomputed = 'all' | 'windows';

/**
 * With profiles folded from the log's first record on: windows are those of then, whatever was stored, and so are the features of
 * models where `all` is asked; else scores are those of then. Profiles keep what the tried rules and the model that decides now read
 * (well under half of all), and `decide` gives up at a model that reads more, unless they keep all.
 */
export function createRecomputingEvaluator(
  ports: EvaluatorPorts,
  { inForce, other }: Tried,
  recomputed: Recomputed,
  keepsAll = false,
): Evaluator {
  const { entityTypes, own: habits, ttlDays } = ports;
  const expected = recomputed === 'all' ? (other ?? ports.serving()) : undefined;
  const columns = keepsAll ? undefined : makePass(expected, inForce.definitions, entityTypes).columns;
  const profiles = createProfiles({ entityTypes, own: habits, ttlDays, columns });
  const lacks = new Set<string>();
  const state: EngineState = { profiles, undecided: new Map(), formerKeys: new Map(), deleted: new Set() };
  const known = new Map<string, Serving | undefined>();
  const own = createStoredJudge({ servingOf: ports.servingOf, other: undefined }, ports.serving);
  const control = controlOf(ports, inForce);
  const approximate = new Set<string>();
  const windows = makePass(undefined, inForce.definitions, ports.entityTypes);
  const ofRules = new Float64Array(windows.rules);

  function served(version: string | undefined): Serving | undefined {
    if (recomputed === 'windows') return undefined;
    if (other || version === undefined) return other;
    if (!known.has(version)) {
      const serving = ports.servingOf(version);
      if (serving && !suffices(serving)) return undefined;
      known.set(version, serving);
    }
    return known.get(version);
  }

  /** Whether profiles here keep what a model reads; `lacks` says which does not find it. */
  function suffices({ model, features }: Serving): boolean {
    const read = features.columns && Object.entries(features.columns);
    const isKept = !columns || read?.every(([type, names]) => names.every((name) => columns[type]?.includes(name)));
    if (!isKept) lacks.add(`the profiles that model ${model.version} reads`);
    return isKept === true;
  }

  function mark(slots: number[] | undefined): void {
    if (slots) for (const slot of slots) approximate.add(inForce.definitions[slot].name);
  }

  /** By the scores of then, or where what they were computed from is the same now: then so are they, and windows alone are asked. */
  function asThen({ event, ...payment }: Payment, record: JournalRecord): Would {
    mark(windows.extract(profiles, event, ofRules));
    const seen = { ...payment, event, ruleVector: ofRules, recordedAt: record.at };
    return apply(inForce, own.judged(record, inForce)!, seen, record, control);
  }

  function anew(serving: Serving, { event, ...payment }: Payment, record: JournalRecord): Would {
    const pass = passOf(serving, inForce, ports.entityTypes);
    const numbers = new Float64Array(pass.model + pass.rules);
    mark(pass.extract(profiles, event, numbers));
    const vector = numbers.subarray(0, pass.model);
    const isOwn = modelOf(record) === serving.model.version;
    // The very numbers of then have the score of then.
    const judged =
      isOwn && sameBits(vector, record.vector)
        ? own.judged(record, inForce)!
        : judge(serving, vector, new Float64Array(vector.length), thresholdsOf(serving, inForce.policy));
    const seen = { ...payment, event, ruleVector: numbers.subarray(pass.model), recordedAt: record.at };
    return apply(inForce, judged, seen, record, control);
  }

  /** Whether the record's own vector was computed from the very profiles that there are now. */
  function readTheSame(record: JournalRecord, event: Event): boolean {
    const { readSet } = record.data as unknown as DecisionData;
    for (let type = 0; type < ports.entityTypes.length; type++) {
      const key = profileKey(event.entities[type], event.type);
      const profile = key > 0 ? profiles.get(type, key) : undefined;
      const read = readSet[type];
      if ((profile?.total ?? 0) !== read?.[0] || fingerprint(profile) !== read[1]) return false;
    }
    return true;
  }

  /** A payment out of columns is its event already. */
  function learn({ record, payment }: Past): void {
    if (payment) {
      profiles.learn(payment.event, record.sequence);
      advance(state, record.at);
    } else fold(state, record);
  }

  return {
    lacks,
    approximate,
    get gone() {
      return own.gone;
    },
    learn,
    decide(record, ofColumns) {
      const payment = ofColumns ?? paymentOf(record, ports.entityTypes);
      const version = modelOf(record);
      const serving = served(version);
      if (lacks.size > 0) return undefined;
      const isOwn = version === serving?.model.version;
      const would =
        !serving || (isOwn && readTheSame(record, payment.event))
          ? asThen(payment, record)
          : anew(serving, payment, record);
      learn(ofColumns ? { record, payment } : { record });
      return would;
    },
  };
}

const modelOf = ({ data }: JournalRecord) => (data as unknown as DecisionData).decision.model?.version;

function sameBits(a: Float64Array, b: Float64Array | undefined): boolean {
  return a.length === b?.length && a.every((value, i) => Object.is(value, b[i]));
}

function apply(
  inForce: InForce,
  judged: Decision,
  seen: Seen,
  record: JournalRecord,
  control: ControlShare | undefined,
): Would {
  const model = judged.model ? judged.decision : undefined;
  const decision = applyPolicy(inForce, judged, seen, control?.draw);
  const ruled = decision.control?.would ?? decision.decision;
  control?.fold({ ...record, data: { ...record.data, decision } });
  return { decision, ruled, alone: decision.rules.length === 0 ? NOBODY : decisive(inForce, decision, ruled, model) };
}

const NOBODY: readonly string[] = Object.freeze([]);

function decisive(inForce: InForce, { rules }: Decision, ruled: Outcome, model: Outcome | undefined): string[] {
  const { program } = inForce;
  return rules.flatMap((hit) => {
    const others = rules.filter((one) => one !== hit);
    const changed = hit.mode === 'live' ? others : [...others, { ...hit, mode: 'live' as const }];
    return combine(changed, model, program).decision === ruled ? [] : [hit.id];
  });
}

/** Draws and limits as the tried policy would have had them from the first of the decisions on; undefined where it has none. */
function controlOf({ entityTypes, secret }: EvaluatorPorts, { policy }: InForce): ControlShare | undefined {
  if (!(policy.control.share > 0)) return undefined;
  const rules = new Map(
    policy.rules.map((rule) => [rule.id, { id: rule.id, versions: [rule], current: rule, proposed: null }]),
  );
  return createControlShare({ ...emptyPolicy(), control: policy.control, secret: secret(), rules }, entityTypes);
}
