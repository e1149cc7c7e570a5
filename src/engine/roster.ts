import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import type { PromoteData, ShadowData } from '../domain/records.ts';
import type { Journal, JournalRecord, RecordType } from '../journal/journal.ts';
import type { LoadedModel } from '../models/artifact.ts';
import type { Registry } from '../models/registry.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { type CanaryState, foldCanary, takesPart } from './canary.ts';
import { type CanaryActs, canaryActs } from './canary-acts.ts';
import type { Serving } from './judge.ts';
import { servingOf } from './serving.ts';
import { transferOf } from './transfer.ts';
import { tryOut } from './try-out.ts';

/** Who decides and who is scored beside: a fold of the journal's promotions over the models that are kept. */
export interface Roster extends CanaryActs {
  /** What decides; undefined where nothing can. */
  readonly champion: Serving | undefined;
  readonly shadow: Serving | undefined;
  /** What decides for a share, as the log has it, and how the last one ended. */
  readonly canary: CanaryState;
  /** Undefined where there is none, or where it cannot serve here: the champion then decides for all. */
  readonly canaryServing: Serving | undefined;
  /** What decides of a payment of these entities. */
  servingFor(entities?: ArrayLike<number>): Serving | undefined;
  /** As the journal has it, though it may be damaged and not scored. */
  readonly shadowVersion: string | undefined;
  /** Why the model that was promoted last does not decide. */
  readonly problem: string | undefined;
  /** The newest last. */
  readonly promotions: readonly Promotion[];
  /** A kept model, serving or not. Throws `conflict` where it is damaged or its features are not served here. */
  servingOf(version: string): Serving | undefined;
  /**
   * Loads, verifies and warms a model up, then records the promotion: every decision after that record is its. Resolves
   * when durable. Throws `not_found` or `conflict`, and the champion stays.
   */
  promote(version: string, by?: string, reason?: string, fellBack?: true): Promise<Promotion>;
  /** Scores a model beside the champion from now on. Throws where the champion's vectors do not hold what it reads. */
  startShadow(version: string, by?: string): Promise<void>;
  /** Makes a kept model one that every process of a fleet keeps; on one machine it is that already. Resolves when durable. */
  share(version: string): Promise<void>;
  /** False where there is none. */
  stopShadow(by?: string): Promise<boolean>;
}

/** The same with its way in from the journal, out to a snapshot and back, and its start. */
export interface FoldedRoster extends Roster {
  fold(record: JournalRecord): void;
  save(): unknown;
  load(value: unknown): void;
  /** After the journal was read: the model that was promoted last serves, else the configured one. */
  start(configured: Configured): void;
  /** Called whenever the shadow changes, and at the start where there is one. */
  onShadow(listener: (shadow: Serving | undefined, since: number) => void): void;
}

export interface Promotion extends PromoteData {
  at: number;
  /** The guard did it: the version that decided until then was broken. */
  fellBack?: true;
}

/** The model of the configuration: admitted, or why not; or one that a test brings along. */
export type Configured = { model: LoadedModel } | { error: unknown } | { serving: Serving | null };

export interface RosterPorts {
  journal: Journal;
  registry: Registry;
  profiles: Profiles;
  entityTypes: readonly string[];
  /** What users' profiles keep of one's own columns. */
  own?: readonly string[];
  currency: string;
  clock: Clock;
  /** See `Roster.share`. */
  share?: (version: string) => Promise<void>;
  log: { error(fields: object, message: string): void; info(fields: object, message: string): void };
}

interface State {
  promotions: Promotion[];
  shadow: { version: string; since: number } | null;
  /** Absent in snapshots from before there were any. */
  canary?: CanaryState;
}

const NO_CANARY: CanaryState = { canary: null, ended: null };

/** Promotions that are remembered for people. */
const REMEMBERED = 200;

export function createRoster(ports: RosterPorts): FoldedRoster {
  const { journal, registry, profiles, clock, log } = ports;
  let state: State = { promotions: [], shadow: null };
  let champion: Serving | undefined;
  let shadow: Serving | undefined;
  let canary: Serving | undefined;
  let problem: string | undefined;
  let started = false;
  /** Ready to serve, for the record that is about to name them. */
  const prepared = new Map<string, Serving>();
  const listeners: ((shadow: Serving | undefined, since: number) => void)[] = [];

  function compiled(model: LoadedModel): Serving {
    try {
      return servingOf(model, ports.entityTypes, ports.currency, ports.own);
    } catch (error) {
      throw new AssayError(
        'conflict',
        `Model ${model.version} (${model.name}) cannot decide here: ${(error as Error).message} ` +
          'Its features must be those of transactions, over entity types that ASSAY_ENTITIES or ASSAY_SCHEMA names.',
      );
    }
  }

  /** Read anew, compiled, tried out. Nothing of it is seen by decisions until its record is folded. */
  async function prepare(version: string): Promise<Serving> {
    const serving = compiled(registry.verified(version));
    await tryOut(serving, profiles, breathe);
    return serving;
  }

  const enqueue = (type: RecordType, data: Record<string, unknown>) =>
    journal.enqueue({ type, at: clock(), key: `c:${newId(clock())}`, data });

  function fold(record: JournalRecord): void {
    const before = state.canary?.canary?.version;
    state.canary = foldCanary(state.canary ?? NO_CANARY, record);
    if (state.canary.canary?.version !== before) electCanary();
    if (record.type === 'model.promote') promoted(record);
    else if (record.type === 'model.shadow') {
      const { version } = record.data as unknown as ShadowData;
      setShadow(version === null ? null : { version, since: record.sequence });
    }
  }

  function promoted(record: JournalRecord): void {
    const data = record.data as unknown as PromoteData;
    state.promotions.push({ ...data, at: record.at });
    if (state.promotions.length > REMEMBERED) state.promotions.shift();
    if (started) elect(data.version);
    // It is no challenger any more.
    if (state.shadow?.version === data.version) setShadow(null);
  }

  /** Prepared where it was asked for here; another process of a fleet reads its own copy. */
  function elect(version: string): void {
    try {
      champion = prepared.get(version) ?? compiled(registry.verified(version));
      problem = undefined;
    } catch (error) {
      problem = (error as Error).message;
      log.error({ err: error, version }, 'the model that was promoted is not here; the one before goes on');
    }
  }

  function electCanary(): void {
    const version = state.canary?.canary?.version;
    if (started) canary = version === undefined ? undefined : challenger(version);
  }

  function challenger(version: string): Serving | undefined {
    try {
      return prepared.get(version) ?? compiled(registry.verified(version));
    } catch (error) {
      log.error({ err: error, version }, 'the challenger cannot be loaded and is not scored');
      return undefined;
    }
  }

  function setShadow(next: State['shadow']): void {
    state.shadow = next;
    if (!started) return;
    shadow = next ? challenger(next.version) : undefined;
    for (const listener of listeners) listener(shadow, next?.since ?? 0);
  }

  const known: Roster['servingOf'] = (version) => {
    for (const serving of [champion, shadow, canary, prepared.get(version)])
      if (serving?.model.version === version) return serving;
    const model = registry.get(version);
    return model && compiled(model);
  };

  function startChampion(configured: Configured): void {
    if ('serving' in configured) {
      champion = configured.serving ?? undefined;
      return;
    }
    const wanted = state.promotions.at(-1)?.version;
    for (const version of new Set(state.promotions.map((each) => each.version).reverse())) {
      try {
        champion = compiled(registry.verified(version));
        break;
      } catch (error) {
        if (version === wanted) problem = (error as Error).message;
        log.error({ err: error, version }, 'a model that was promoted cannot serve; an earlier one is tried');
      }
    }
    if (champion) return;
    try {
      if ('error' in configured) throw configured.error;
      champion = compiled(configured.model);
    } catch (error) {
      log.error({ err: error }, 'no model serves: decisions go on without a score');
    }
  }

  function startShadowing(): void {
    if (!state.shadow) return;
    shadow = challenger(state.shadow.version);
    for (const listener of listeners) listener(shadow, state.shadow.since);
  }

  /** Tried out and shared, it is ready for the record that names it. */
  async function announced<T>(version: string, record: (serving: Serving) => Promise<T>): Promise<T> {
    const serving = await prepare(version);
    await ports.share?.(version);
    prepared.set(version, serving);
    try {
      return await record(serving);
    } finally {
      prepared.delete(version);
    }
  }

  async function promote(version: string, by?: string, reason?: string, fellBack?: true): Promise<Promotion> {
    const last = state.promotions.at(-1);
    if (champion?.model.version === version) {
      // It decides for all again.
      if (state.canary?.canary) await acts.stopCanary(by, reason);
      // What the guard fell back to is a person's choice only once a person says so.
      if (last?.version === version && !last.fellBack) return last;
    }
    return announced(version, async (serving) => {
      const previous = champion?.model.version ?? last?.version ?? null;
      const data: Omit<Promotion, 'at'> = {
        ...{ version, name: serving.model.name, previous },
        ...(by ? { by } : {}),
        ...(reason ? { reason } : {}),
        ...(fellBack ? { fellBack } : {}),
      };
      const { record, durable } = enqueue('model.promote', { ...data });
      await durable;
      log.info({ version, previous }, 'a model was promoted');
      return { ...data, at: record.at };
    });
  }

  const acts = canaryActs({
    ...{ entityTypes: ports.entityTypes, announced, promote, log },
    champion: () => champion,
    canary: () => state.canary?.canary ?? null,
    append: (data) => enqueue('model.canary', { ...data }),
  });

  return {
    get champion() {
      return champion;
    },
    get shadow() {
      return shadow;
    },
    get canary() {
      return state.canary ?? NO_CANARY;
    },
    get canaryServing() {
      return canary;
    },
    servingFor(entities) {
      const one = canary && entities && state.canary?.canary;
      return one && takesPart(one, entities, ports.entityTypes) ? canary : champion;
    },
    get shadowVersion() {
      return state.shadow?.version;
    },
    get problem() {
      return problem;
    },
    get promotions() {
      return state.promotions;
    },
    servingOf: known,
    promote,

    ...acts,

    async startShadow(version, by) {
      if (state.shadow?.version === version) return;
      if (champion?.model.version === version)
        throw new AssayError('conflict', `Model ${version} decides already; a challenger is another one.`);
      const serving = await prepare(version);
      const { missing } = champion ? transferOf(champion, serving) : { missing: [] };
      if (missing.length > 0)
        throw new AssayError(
          'conflict',
          `Model ${version} reads what the champion's stored vectors do not hold (${missing.slice(0, 8).join(', ')}` +
            `${missing.length > 8 ? ', …' : ''}), so it cannot be scored from the journal. Let it decide for a share (promote it with a ` +
            'canary), or train one on what the champion reads: --features shipped, where that is the model that ships.',
        );
      await ports.share?.(version);
      prepared.set(version, serving);
      try {
        const data: ShadowData = { version, ...(by ? { by } : {}) };
        await enqueue('model.shadow', { ...data }).durable;
      } finally {
        prepared.delete(version);
      }
    },

    share: async (version) => ports.share?.(version),

    async stopShadow(by) {
      if (!state.shadow) return false;
      const data: ShadowData = { version: null, ...(by ? { by } : {}) };
      await enqueue('model.shadow', { ...data }).durable;
      return true;
    },

    fold,
    save: () => state,
    load(value) {
      state = structuredClone((value as State | undefined) ?? { promotions: [], shadow: null });
    },
    start(configured) {
      startChampion(configured);
      started = true;
      startShadowing();
      electCanary();
    },
    onShadow(listener) {
      listeners.push(listener);
      if (started && state.shadow) listener(shadow, state.shadow.since);
    },
  };
}
