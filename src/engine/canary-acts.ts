import { AssayError } from '../domain/errors.ts';
import type { CanaryData, CanaryPlan } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { type Canary, foldCanary, percentOf, planOf, who } from './canary.ts';
import type { Serving } from './judge.ts';

/** What is done with a model that decides for a share; each resolves when it is durable. */
export interface CanaryActs {
  /** Lets a model decide for a share of entities. Throws as `promote` does, `conflict` beside no champion, and where the plan is none. */
  startCanary(version: string, plan: Partial<CanaryPlan>, by?: string, reason?: string): Promise<Canary>;
  /** The next step; the last one, where it is 100, is a promotion. Nothing where there is none left. */
  raiseCanary(): Promise<void>;
  /** False where there is none. */
  stopCanary(by?: string, reason?: string, guard?: true): Promise<boolean>;
}

interface Ports {
  entityTypes: readonly string[];
  champion: () => Serving | undefined;
  canary: () => Canary | null;
  announced<T>(version: string, record: (serving: Serving) => Promise<T>): Promise<T>;
  append(data: CanaryData): { record: JournalRecord; durable: Promise<unknown> };
  promote(version: string, by?: string, reason?: string): Promise<unknown>;
  log: { info(fields: object, message: string): void };
}

export function canaryActs({ entityTypes, champion, canary, announced, append, promote, log }: Ports): CanaryActs {
  return {
    async startCanary(version, asked, by, reason) {
      const plan = planOf(asked, entityTypes);
      if (!champion()) throw new AssayError('conflict', 'No model decides: promote it for all.');
      if (champion()?.model.version === version)
        throw new AssayError('conflict', `Model ${version} decides already; a canary is another one.`);
      return announced(version, async ({ model: { name } }) => {
        const { record, durable } = append({ action: 'start', version, name, ...plan, ...who(by, reason) });
        await durable;
        log.info({ version, ...plan }, 'a model decides for a share');
        return foldCanary({ canary: null, ended: null }, record).canary!;
      });
    },

    async raiseCanary() {
      const one = canary();
      if (!one || one.step + 1 >= one.steps.length) return;
      const step = one.step + 1;
      const { version, startedAt, by, reason } = one;
      if (one.steps[step] >= 100) {
        await promote(version, by, reason);
        return;
      }
      await append({ action: 'raise', version, startedAt, step }).durable;
      log.info({ version, percent: percentOf({ ...one, step }) }, 'a model decides for a greater share');
    },

    async stopCanary(by, reason, guard) {
      const one = canary();
      if (!one) return false;
      const { version, startedAt } = one;
      await append({ action: 'stop', version, startedAt, ...who(by, reason), ...(guard ? { guard } : {}) }).durable;
      return true;
    },
  };
}
