import { gunzipSync, gzipSync } from 'node:zlib';
import type { Clock } from '../domain/clock.ts';
import { newId } from '../domain/id.ts';
import type { KeepData } from '../domain/records.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import type { ModelUpload, Registry } from '../models/registry.ts';

/**
 * Models as records of the log, in parts before the promotion that names them: so every process of a fleet keeps each model that any
 * of them was given, and has it when it is told to decide by it.
 */
export interface ModelRecords {
  /** Appends a kept model, unless the log has it. Resolves when it is durable. */
  share(version: string): Promise<void>;
  fold(record: JournalRecord): void;
}

interface Ports {
  journal: Journal;
  registry: Registry;
  clock: Clock;
  log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** Base64 makes two megabytes of it, of the four that a record may have. */
const PART_BYTES = 1_500_000;

export function createModelRecords({ journal, registry, clock, log }: Ports): ModelRecords {
  /** Those of which not all parts have come. */
  const partial = new Map<string, (Buffer | undefined)[]>();
  const shared = new Set<string>();

  function keep(version: string, packed: Buffer): void {
    shared.add(version);
    if (registry.has(version)) return;
    try {
      registry.receive(unpack(packed));
      log.info({ version }, 'a model came by the log');
    } catch (error) {
      log.error({ err: error, version }, 'a model of the log cannot be kept here');
    }
  }

  return {
    async share(version) {
      if (shared.has(version)) return;
      const packed = pack(registry.upload(version));
      const parts = Math.ceil(packed.length / PART_BYTES);
      const upload = newId(clock());
      const durable = Array.from({ length: parts }, (_, part) => {
        const bytes = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES).toString('base64');
        const data: KeepData = { version, upload, part, parts, bytes };
        return journal.enqueue({ type: 'model.keep', at: clock(), key: `m:${upload}:${part}`, data: { ...data } })
          .durable;
      });
      await Promise.all(durable);
    },

    fold(record) {
      if (record.type !== 'model.keep') return;
      const { version, upload, part, parts, bytes } = record.data as unknown as KeepData;
      const got = partial.get(upload) ?? Array.from({ length: parts }, () => undefined);
      partial.set(upload, got);
      got[part] = Buffer.from(bytes, 'base64');
      if (got.some((one) => one === undefined)) return;
      partial.delete(upload);
      keep(version, Buffer.concat(got as Buffer[]));
    },
  };
}

function pack({ body, ...rest }: ModelUpload): Buffer {
  return gzipSync(JSON.stringify({ ...rest, body: Buffer.from(body).toString('base64') }), { level: 6 });
}

function unpack(packed: Buffer): ModelUpload {
  const { body, ...rest } = JSON.parse(gunzipSync(packed).toString('utf8'));
  return { ...rest, body: new Uint8Array(Buffer.from(body, 'base64')) };
}
