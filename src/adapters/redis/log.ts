import { AssayError } from '../../domain/errors.ts';
import type { Event } from '../../domain/event.ts';
import type { Layout } from '../../profiles/layout.ts';
import type { ProfileLog, RepeatedRecord } from '../../profiles/shared.ts';
import { type Command, type Connection, call, firstError } from './connection.ts';
import type { createKeyIndex } from './keys.ts';
import { packEvent, packLabel } from './rows.ts';
import { FORWARD, MOVED } from './scripts.ts';

export interface LogOptions {
  layouts: readonly Layout[];
  logDeadlineMs: number;
  positionKey(partition: number): string;
  /** The command that applies what is packed to one profile, while the consumer's position is what it was. */
  repeated(type: number, key: number, partition: number, position: number, packed: Buffer[]): Command;
  index: Pick<ReturnType<typeof createKeyIndex>, 'setAll'>;
}

/** Of one profile in one call, and of all in one go: no call holds Redis up for long. */
const AT_ONCE = 32;
const COMMANDS_AT_ONCE = 256;

interface Work {
  type: number;
  key: number;
  packed: Buffer[];
}

/** The log consumer's side: what it repeats, and how far it got. */
export function createProfileLog(connection: Connection, options: LogOptions): ProfileLog & { lookAgain(): void } {
  const { layouts, logDeadlineMs, positionKey, repeated, index } = options;
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

  /** What each profile takes, in order. */
  function workOf(partition: number, records: readonly RepeatedRecord[]): Work[] {
    const works = new Map<string, Work>();
    const add = (event: Event, pack: (layout: Layout) => Buffer) => {
      for (let type = 0; type < layouts.length; type++) {
        const key = event.entities[type];
        if (!(key > 0)) continue;
        const name = `${type}:${key}`;
        let work = works.get(name);
        if (work === undefined) works.set(name, (work = { type, key, packed: [] }));
        work.packed.push(pack(layouts[type]));
      }
    };
    for (const { offset, learn, label } of records) {
      if (learn) add(learn, (layout) => packEvent(layout, learn, partition, offset));
      if (label) add(label.event, () => packLabel(label.event, label.code, partition, offset));
    }
    return [...works.values()];
  }

  /** All parts of a profile one after the other: had a later one been taken and an earlier not, it would never be. */
  async function applyAll(partition: number, works: Work[], position: number, epoch: number): Promise<void> {
    for (let from = 0; works.length > 0; from += AT_ONCE) {
      for (let i = 0; i < works.length; i += COMMANDS_AT_ONCE) {
        const commands = works
          .slice(i, i + COMMANDS_AT_ONCE)
          .map(({ type, key, packed }) => repeated(type, key, partition, position, packed.slice(from, from + AT_ONCE)));
        await run(commands, epoch);
      }
      works = works.filter(({ packed }) => packed.length > from + AT_ONCE);
    }
  }

  return {
    async next(partition) {
      const position = await read(partition, connection.epoch);
      reached.set(partition, position);
      return position;
    },

    async repeat(partition, records, next) {
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
      const entries = left.flatMap(({ offset, keys, at }) =>
        keys.map((key) => ({ key, position: { partition, offset }, at })),
      );
      for (let i = 0; i < entries.length; i += COMMANDS_AT_ONCE)
        await index.setAll(entries.slice(i, i + COMMANDS_AT_ONCE));
      await applyAll(partition, workOf(partition, left), position, epoch);
      await run([call(FORWARD, [positionKey(partition)], [position, next])], epoch);
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
