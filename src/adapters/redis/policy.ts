import { type Connection, firstError, type RedisLog } from './connection.ts';

const POLICY_MS = 2_000;

interface Memory {
  policy: string | undefined;
  /** Bytes; 0: no bound. */
  max: number;
}

/** What Redis does when its memory is full. Undefined where it does not say. */
async function memoryOf(connection: Connection): Promise<Memory | undefined> {
  const answers = await connection.run([['INFO', 'memory']], POLICY_MS).catch(() => []);
  if (answers.length === 0 || firstError(answers)) return undefined;
  const info = String(answers[0]);
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  return { policy: field('maxmemory_policy'), max: Number(field('maxmemory') ?? 0) };
}

/**
 * Throws where Redis would drop parts of profiles to make room, for decisions would go on with what is left as if it were all. Later,
 * when another server may have taken its place, this is only said: those who are at work stay.
 */
export async function refuseEviction(connection: Connection, log: RedisLog | undefined): Promise<void> {
  if (connection.ready) {
    const complaint = complaintOf(await memoryOf(connection), log);
    if (complaint) throw new Error(complaint);
  }
  connection.onReady(async () => {
    const complaint = complaintOf(await memoryOf(connection), log);
    if (complaint) log?.warn({}, complaint);
  });
}

function complaintOf(memory: Memory | undefined, log: RedisLog | undefined): string | undefined {
  if (!memory?.policy) {
    log?.warn({}, 'Redis does not say its maxmemory-policy: see to it that it is noeviction');
    return undefined;
  }
  if (memory.max === 0) log?.warn({}, 'Redis has no maxmemory: nothing bounds what profiles take');
  if (memory.policy === 'noeviction') return undefined;
  return `Redis drops profiles when its memory is full (maxmemory-policy ${memory.policy}): set it to noeviction.`;
}
