import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerStore } from '../domain/answer-store.ts';
import { AssayError } from '../domain/errors.ts';
import type { AnswerMemory, Earlier, KeptAnswer } from './answers.ts';

const LOOK_EVERY_MS = 50;
const LOOKS = 600;

interface UnderWay extends Earlier {
  key: string;
  settle: (answer: KeptAnswer | undefined) => void;
}

/** Answers of a store: the same after a restart, and by every process of a fleet. */
export function createKeptAnswers(store: AnswerStore, onError: (error: unknown) => void): AnswerMemory {
  const underWay = new Map<string, UnderWay>();
  const looking = new Map<string, Promise<unknown>>();

  async function look(name: string, bodyHash: string, key: string): Promise<Earlier | undefined> {
    for (let i = 0; i < LOOKS; i++) {
      const found = await store.claim(name, bodyHash);
      if (!found) return undefined;
      if (found.bodyHash !== bodyHash) return { bodyHash: found.bodyHash, answer: Promise.resolve(undefined) };
      try {
        if (found.sealed) return { bodyHash, answer: Promise.resolve(opened(found.sealed, name, key)) };
      } catch (error) {
        // Damaged where it lay: it is as if it were not there.
        onError(error);
        return undefined;
      }
      await sleep(LOOK_EVERY_MS);
    }
    throw new AssayError('unavailable', 'The first request with this Idempotency-Key is still under way.', {
      retryAfterSeconds: 1,
    });
  }

  return {
    async begin(name, bodyHash, key) {
      // One at a time asks the store, so that of two here only one can be the first.
      for (let before = looking.get(name); before; before = looking.get(name)) await before.catch(() => {});
      const here = underWay.get(name);
      if (here) return here;
      const found = look(name, bodyHash, key);
      looking.set(name, found);
      try {
        const earlier = await found;
        if (earlier) return earlier;
        const { promise, resolve } = Promise.withResolvers<KeptAnswer | undefined>();
        underWay.set(name, { bodyHash, key, answer: promise, settle: resolve });
        return undefined;
      } finally {
        looking.delete(name);
      }
    },
    async settle(name, answer) {
      const first = underWay.get(name);
      if (!first) return;
      try {
        if (answer) await store.keep(name, first.bodyHash, sealed(answer, name, first.key));
        else await store.release(name);
      } catch (error) {
        // What was done is done: the caller gets the answer, which is not remembered.
        onError(error);
      }
      underWay.delete(name);
      first.settle(answer);
    },
  };
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * An answer that only who knows the Idempotency-Key can read, since it may hold a secret that is shown this once:
 *
 *   iv 12 | tag 16 | AES-256-GCM of its JSON, keyed by HKDF-SHA-256 of the Idempotency-Key, salted by the name
 */
export function sealed(answer: KeptAnswer, name: string, key: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', cipherKey(name, key), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(answer)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Throws where it was sealed by another key, or is damaged. */
export function opened(bytes: Buffer, name: string, key: string): KeptAnswer {
  const cipher = createDecipheriv('aes-256-gcm', cipherKey(name, key), bytes.subarray(0, IV_BYTES));
  cipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = Buffer.concat([cipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), cipher.final()]);
  return JSON.parse(text.toString());
}

function cipherKey(name: string, key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, name, 'assay answer', 32));
}
