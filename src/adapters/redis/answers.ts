import type { AnswerStore } from '../../domain/answer-store.ts';
import { firstError, openConnection, type RedisLog } from './connection.ts';

export interface RedisAnswersOptions {
  /** `redis://user:password@host:port/0`, or `rediss:`. */
  url: string;
  /** Authorities to trust instead of the system's, PEM; for `rediss:`. */
  ca?: string | undefined;
  namespace: string;
  log?: RedisLog;
}

/** A day, and what clocks and slow requests may take of it. */
const KEPT_MS = 25 * 3_600_000;
/** A process that ends while it answers leaves its claim so long: longer than a request may take. */
const CLAIM_MS = 120_000;
const DEADLINE_MS = 2_000;
/** Characters of a body's hash. */
const HASH = 32;

/**
 * Answers that every process of a fleet tells again:
 *
 *   <namespace>:answer:<name>   string   the body's hash, then what is sealed; that is empty while the first is under way
 *
 * Without Redis nobody knows whether a request is the first: it is refused with 503, and may be sent again.
 */
export function openRedisAnswers({ url, ca, namespace, log }: RedisAnswersOptions): AnswerStore {
  const connection = openConnection({ url, ca, name: 'answers', log });
  const keyOf = (name: string) => `${namespace}:answer:${name}`;

  async function run(...commands: Parameters<typeof connection.run>[0]) {
    const answers = await connection.run(commands, DEADLINE_MS);
    const error = firstError(answers);
    if (error) throw error;
    return answers;
  }

  return {
    async claim(name, bodyHash) {
      const key = keyOf(name);
      for (;;) {
        const [taken, held] = await run(['SET', key, bodyHash, 'NX', 'PX', CLAIM_MS], ['GET', key]);
        if (taken !== null) return undefined;
        // It went between the two.
        if (held === null) continue;
        const bytes = held as Buffer;
        const sealed = bytes.subarray(HASH);
        return { bodyHash: bytes.subarray(0, HASH).toString(), ...(sealed.length > 0 ? { sealed } : {}) };
      }
    },
    async keep(name, bodyHash, sealed) {
      await run(['SET', keyOf(name), Buffer.concat([Buffer.from(bodyHash), sealed]), 'PX', KEPT_MS]);
    },
    async release(name) {
      await run(['DEL', keyOf(name)]);
    },
    close: connection.close,
  };
}
