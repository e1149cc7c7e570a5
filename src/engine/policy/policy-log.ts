import type { Clock } from '../../domain/clock.ts';
import { AssayError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import type { PolicyCommandData } from '../../domain/records.ts';
import type { Journal, JournalRecord, RecordType } from '../../journal/journal.ts';
import { foldPolicy, type ListsNamed } from './fold.ts';
import { emptyPolicy, type PolicyAnswer, type PolicyState } from './state.ts';

/** The policy as the log has it, and the way to change it. It needs the log alone: no database, no profiles. */
export interface PolicyLog {
  readonly state: PolicyState;
  /**
   * Appends a command and answers as it was settled in log order, once it is durable and in force here. The first record of a
   * key wins: `replayed`. Throws `idempotency_conflict` where that was another body, `unavailable` where the log does not answer.
   */
  submit(command: PolicyCommand): Promise<{ answer: PolicyAnswer; replayed: boolean }>;
  /** Takes in one record; indifferent to those of other types. */
  fold(record: JournalRecord): void;
  /** Called after each record that changed the policy's version or a list's entries. */
  onChange(listener: (record: JournalRecord) => void): void;
}

export interface PolicyCommand {
  type: RecordType;
  data: PolicyCommandData & Record<string, unknown>;
  /** The journal's name of an Idempotency-Key; `data.bodyHash` is set with it. */
  key?: string;
}

interface Ports {
  journal: Journal;
  clock: Clock;
  listsNamed: ListsNamed;
  /** For the log to hand a record back that it has made durable. */
  deadlineMs?: number;
}

const DEADLINE_MS = 10_000;

export function createPolicyLog({ journal, clock, listsNamed, deadlineMs = DEADLINE_MS }: Ports): PolicyLog {
  const state = emptyPolicy();
  const waiting = new Map<string, (answer: PolicyAnswer) => void>();
  const listeners: ((record: JournalRecord) => void)[] = [];

  /** Resolves once the record of the key has been folded here. */
  function folded(key: string): { answer: Promise<PolicyAnswer>; forget: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<PolicyAnswer>();
    promise.catch(() => {});
    const late = () =>
      reject(
        new AssayError('unavailable', 'This is recorded, and will be in force once the log is read again.', {
          retryAfterSeconds: 2,
        }),
      );
    const timer = setTimeout(late, deadlineMs);
    const forget = () => {
      clearTimeout(timer);
      if (waiting.get(key) === resolve) waiting.delete(key);
    };
    waiting.set(key, resolve);
    return { answer: promise.finally(forget), forget };
  }

  /** What an earlier record of the key came to. */
  function known(key: string, command: PolicyCommand): PolicyAnswer | undefined {
    const kept = state.answers.get(key);
    if (!kept) return undefined;
    if (kept.type !== command.type || kept.bodyHash !== command.data.bodyHash)
      throw new AssayError('idempotency_conflict', 'This Idempotency-Key was used with another body.');
    return kept.answer;
  }

  async function submit(command: PolicyCommand): Promise<{ answer: PolicyAnswer; replayed: boolean }> {
    const { type, data } = command;
    const key = command.key ?? `c:${newId(clock())}`;
    const earlier = known(key, command);
    if (earlier) return { answer: earlier, replayed: true };
    if (command.key !== undefined) {
      const taken = journal.recent(key);
      if (taken) {
        await taken.durable;
        return replay(key, command);
      }
    }
    const { answer, forget } = folded(key);
    try {
      const { durable } = journal.enqueue({ type, at: clock(), key, data });
      await durable;
    } catch (error) {
      forget();
      throw error;
    }
    // In a fleet another process may have been first with the key: then its record is the one that is folded.
    const settled = await answer;
    const own = known(key, command) ?? settled;
    return { answer: own, replayed: false };
  }

  async function replay(key: string, command: PolicyCommand) {
    if (!state.answers.has(key)) await folded(key).answer;
    const answer = known(key, command);
    if (answer) return { answer, replayed: true };
    throw new AssayError(
      'idempotency_conflict',
      'That Idempotency-Key was used before, and its answer is no longer kept. Use a new one.',
    );
  }

  return {
    state,
    submit,
    fold(record) {
      const { version } = state;
      const answer = foldPolicy(state, record, listsNamed);
      if (!answer) return;
      waiting.get(record.key)?.(answer);
      if (state.version !== version || (record.type === 'policy.entries' && !answer.error))
        for (const listener of listeners) listener(record);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
