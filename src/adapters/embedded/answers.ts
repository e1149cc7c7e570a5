import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerStore } from '../../domain/answer-store.ts';
import type { Clock } from '../../domain/clock.ts';

interface Place {
  bodyHash: string;
  at: number;
  file: string;
  /** Bytes from the file's beginning to what is sealed, and its length. */
  offset: number;
  length: number;
}

interface Waiting {
  name: string;
  place: Place;
  line: Buffer;
  written: boolean;
}

const DAY_MS = 86_400_000;
/** What is known of each is in memory, about 300 bytes; beyond it the oldest go. */
const MAX_ANSWERS = 1_000_000;
const HEAD = /^([0-9a-f]{64}) ([0-9a-f]{32}) (\d{1,16}) /;
const HEAD_BYTES = 64 + 32 + 16 + 3;
const NEWLINE = 10;
/** No letter of base64. */
const TORN = '!';

/**
 * Answers on disk, a file for each UTC day in which they came, in lines of
 *
 *   name bodyHash milliseconds sealed, in base64
 *
 * A line is on disk before its answer goes out; what comes at once shares one write. A torn line is none. The directory has one
 * owner: who holds the lock of the journal beside it.
 */
export async function openDiskAnswers(directory: string, clock: Clock, max = MAX_ANSWERS): Promise<AnswerStore> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const places = new Map<string, Place>();
  const files = new Map<string, { handle: FileHandle; end: number }>();
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;

  const fileOf = (at: number) => `${new Date(at).toISOString().slice(0, 10)}.answers`;
  const kept = () => readdirSync(directory).filter((name) => /^\d{4}-\d\d-\d\d\.answers$/.test(name));

  async function opened(file: string) {
    const known = files.get(file);
    if (known) return known;
    const oldest = fileOf(clock() - 2 * DAY_MS);
    for (const old of kept().filter((name) => name < oldest)) {
      await files.get(old)?.handle.close();
      files.delete(old);
      rmSync(join(directory, old), { force: true });
    }
    const handle = await open(join(directory, file), 'a+', 0o600);
    let { size: end } = await handle.stat();
    const last = Buffer.alloc(1);
    if (end > 0) await handle.read(last, 0, 1, end - 1);
    // A torn line ends here, marked, so that the next one begins anew.
    if (end > 0 && last[0] !== NEWLINE) {
      await handle.appendFile(`${TORN}\n`);
      end += 2;
    }
    files.set(file, { handle, end });
    return files.get(file)!;
  }

  function remember(name: string, place: Place): void {
    places.delete(name);
    places.set(name, place);
    if (places.size > max) places.delete(places.keys().next().value!);
  }

  async function read(file: string): Promise<void> {
    const { handle } = await opened(file);
    let offset = 0;
    let left = Buffer.alloc(0);
    for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) {
      left = Buffer.concat([left, chunk as Buffer]);
      let from = 0;
      for (let end = left.indexOf(NEWLINE); end >= 0; end = left.indexOf(NEWLINE, from)) {
        const head = HEAD.exec(left.toString('latin1', from, Math.min(end, from + HEAD_BYTES)));
        if (head && left[end - 1] !== TORN.charCodeAt(0)) {
          const [{ length: bytes }, name, bodyHash, at] = head;
          const place = { bodyHash, at: Number(at), file, offset: offset + from + bytes, length: end - from - bytes };
          remember(name, place);
        }
        from = end + 1;
      }
      offset += from;
      left = left.subarray(from);
    }
  }

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const { file } = waiting[0].place;
      const batch = waiting.filter(({ place }) => place.file === file);
      waiting = waiting.filter(({ place }) => place.file !== file);
      const to = await opened(file);
      try {
        await to.handle.appendFile(Buffer.concat(batch.map(({ line }) => line)));
        await to.handle.datasync();
      } catch (error) {
        // How far it came is looked at anew.
        files.delete(file);
        await to.handle.close();
        throw error;
      }
      for (const one of batch) {
        remember(one.name, { ...one.place, offset: to.end + one.place.offset });
        to.end += one.line.length;
        one.written = true;
      }
    }
  }

  for (const file of kept().sort()) await read(file);

  return {
    async claim(name) {
      const place = places.get(name);
      if (!place) return undefined;
      if (clock() - place.at >= DAY_MS) {
        places.delete(name);
        return undefined;
      }
      const text = Buffer.alloc(place.length);
      await (await opened(place.file)).handle.read(text, 0, place.length, place.offset);
      return { bodyHash: place.bodyHash, sealed: Buffer.from(text.toString('latin1'), 'base64') };
    },
    async keep(name, bodyHash, sealed) {
      const at = clock();
      const head = `${name} ${bodyHash} ${at} `;
      const text = sealed.toString('base64');
      const place = { bodyHash, at, file: fileOf(at), offset: head.length, length: text.length };
      const one: Waiting = { name, place, line: Buffer.from(`${head}${text}\n`), written: false };
      waiting.push(one);
      while (!one.written) {
        writing ??= write().finally(() => {
          writing = undefined;
        });
        await writing;
      }
    },
    release: async () => {},
    async close() {
      await writing?.catch(() => {});
      for (const { handle } of files.values()) await handle.close();
      files.clear();
    },
  };
}
