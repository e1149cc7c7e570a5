import { AssayError } from '../../domain/errors.ts';
import type { ProfileLog, RepeatedRecord } from '../../profiles/shared.ts';
import { type Command, type Connection, call, firstError } from './connection.ts';
import { MOVED, PASS, UNTAKEN } from './marks.ts';

export interface LogOptions {
  logDeadlineMs: number;
  positionKey(partition: number): string;
  marksKey(partition: number): string;
  /** The command that takes a record, while the consumer's position is what it was. */
  commandOf(record: RepeatedRecord, partition: number, position: number): Command;
}

/** In one go. */
const COMMANDS_AT_ONCE = 256;

/** The log consumer's side: what it repeats, and how far it got. */
export function createProfileLog(connection: Connection, options: LogOptions): ProfileLog & { lookAgain(): void } {
  const { logDeadlineMs, positionKey, marksKey, commandOf } = options;
  const listeners: (() => void)[] = [];
  /** How far each partition was when last heard of. */
  const reached = new Map<number, number>();
  const tellReconnected = () => {
    for (const listener of listeners) listener();
  };
  connection.onReconnected(tellReconnected);

  /** Each only while it is the same connection: what was there before it must be looked at again. */
  async function run(commands: Command[], epoch: number) {
    if (connection.epoch !== epoch) throw lost();
    const answers = await connection.run(commands, logDeadlineMs);
    if (answers.some((answer) => answer instanceof Error && answer.message.startsWith(MOVED))) {
      tellReconnected();
      throw lost();
    }
    const error = firstError(answers);
    if (error) throw error;
    if (connection.epoch !== epoch) throw lost();
    return answers;
  }

  /** Never absent once it was read, so that a server that was emptied since can be told. */
  async function read(partition: number, epoch: number): Promise<number> {
    const name = positionKey(partition);
    const [, position] = await run(
      [
        ['SET', name, 0, 'NX'],
        ['GET', name],
      ],
      epoch,
    );
    return Number(String(position));
  }

  const keysOf = (partition: number) => [positionKey(partition), marksKey(partition)];

  return {
    async next(partition) {
      const position = await read(partition, connection.epoch);
      reached.set(partition, position);
      return position;
    },

    async untaken(partition, offsets) {
      if (offsets.length === 0) return [];
      const [indexes] = await run([call(UNTAKEN, keysOf(partition), offsets)], connection.epoch);
      return (indexes as number[]).map((index) => offsets[index]);
    },

    async repeat(partition, records, next, taken = []) {
      const { epoch } = connection;
      const position = await read(partition, epoch);
      const before = reached.get(partition) ?? 0;
      if (position < before) {
        // Redis has lost its newest writes: going on from here would leave a gap.
        tellReconnected();
        throw lost();
      }
      if (next <= position) {
        reached.set(partition, position);
        return;
      }
      // What lies before was repeated by this partition's consumer of a moment ago.
      const left = records.filter(({ offset }) => offset >= position);
      for (let i = 0; i < left.length; i += COMMANDS_AT_ONCE) {
        const some = left.slice(i, i + COMMANDS_AT_ONCE);
        await run(
          some.map((record) => commandOf(record, partition, position)),
          epoch,
        );
      }
      const passed = [...left.map(({ offset }) => offset), ...taken.filter((offset) => offset >= position)];
      await run([call(PASS, keysOf(partition), [position, next, ...passed])], epoch);
      reached.set(partition, next);
    },

    onReconnected: (listener) => void listeners.push(listener),
    lookAgain: tellReconnected,
  };
}

function lost(): AssayError {
  return new AssayError('unavailable', 'Redis may have lost its newest writes: read the position anew.', {
    retryAfterSeconds: 1,
  });
}
