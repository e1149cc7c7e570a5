import type { LabelCode, Word } from '../domain/event.ts';
import { LABEL_BITS } from './cell.ts';
import { inForce, speak, type Voice } from './voices.ts';

/**
 * What was said and told of events lately: what waits for its event, whose word is in force, and what the hours and days
 * already count of events that fell out of a profile. Labels and outcomes are remembered apart, since nearly every payment has
 * an outcome and few have a label. Both are bounded by two generations: when the young one is full it becomes the old one,
 * and the old one is forgotten. What is forgotten while it waits is lost to profiles (it is still in the journal); a voice
 * that is forgotten is as if it had never spoken, and an outcome of an event that fell out, told again after that, counts again.
 */
export interface Truths {
  /** All that is known of an event: see `cell.ts`. */
  cell(id: number): number;
  /** The part of it that profiles were given. */
  applied(id: number): number;
  /** A word about an event. `learnt` says that profiles have it; the label in force afterwards. */
  say(id: number, words: readonly Word[], sequence: number, learnt: boolean): LabelCode;
  /** An outcome's bit. */
  tell(id: number, bit: number, learnt: boolean): void;
  /** Profiles were given all that is known of it. */
  settle(id: number): void;
  readonly size: number;
  /** The oldest first, for snapshots. */
  entries(): Iterable<TruthEntry>;
  restore(entry: TruthEntry): void;
}

export interface TruthEntry {
  id: number;
  learnt: boolean;
  /** Outcome bits, or the voices of a label. */
  outcomes: number;
  voices: Voice | undefined;
}

const LEARNT = 1;

interface Said {
  voices: Voice | undefined;
  code: LabelCode;
  learnt: boolean;
}

export function createTruths(limit: number): Truths {
  const labels = generations<Said>(limit / 2);
  /** Outcome bits, and LEARNT where profiles have them: bits of a label are free here. */
  const outcomes = generations<number>(limit / 2);
  const bitsOf = (told: number) => told & ~LABEL_BITS;
  return {
    cell: (id) => (labels.get(id)?.code ?? 0) | bitsOf(outcomes.get(id) ?? 0),
    applied(id) {
      const said = labels.get(id);
      const told = outcomes.get(id) ?? 0;
      return (said?.learnt ? said.code : 0) | (told & LEARNT ? bitsOf(told) : 0);
    },
    say(id, words, sequence, learnt) {
      const said = labels.get(id) ?? { voices: undefined, code: 0 as LabelCode, learnt: false };
      for (const word of words) said.voices = speak(said.voices, word, sequence);
      said.code = inForce(said.voices);
      said.learnt ||= learnt;
      labels.set(id, said);
      return said.code;
    },
    tell(id, bit, learnt) {
      outcomes.set(id, (outcomes.get(id) ?? 0) | bit | (learnt ? LEARNT : 0));
    },
    settle(id) {
      const said = labels.get(id);
      if (said !== undefined) {
        said.learnt = true;
        labels.set(id, said);
      }
      const told = outcomes.get(id);
      if (told !== undefined) outcomes.set(id, told | LEARNT);
    },
    get size() {
      return labels.size + outcomes.size;
    },
    *entries() {
      for (const [id, { voices, learnt }] of labels.entries()) yield { id, learnt, outcomes: 0, voices };
      for (const [id, told] of outcomes.entries())
        yield { id, learnt: (told & LEARNT) !== 0, outcomes: bitsOf(told), voices: undefined };
    },
    restore({ id, learnt, outcomes: bits, voices }) {
      if (voices) labels.set(id, { voices, code: inForce(voices), learnt });
      else outcomes.set(id, bits | (learnt ? LEARNT : 0));
    },
  };
}

/** A map, and a bit for each of its ids: most are looked for in vain, and a bit is nearer than what a map has to go through. */
interface Generation<Value> {
  map: Map<number, Value>;
  bits: Uint32Array;
}

function generations<Value>(limit: number) {
  // Eight bits for each id at least, a power of two. Their lower bits are spread: they are hashes.
  const words = 2 ** Math.ceil(Math.log2(Math.max(1, limit / 4)));
  const empty = (): Generation<Value> => ({ map: new Map(), bits: new Uint32Array(0) });
  const find = ({ map, bits }: Generation<Value>, id: number): Value | undefined =>
    map.size > 0 && bits[(id >>> 5) & (words - 1)] & (1 << (id & 31)) ? map.get(id) : undefined;
  let young = empty();
  let old = empty();
  return {
    get: (id: number): Value | undefined => find(young, id) ?? find(old, id),
    set(id: number, value: Value): void {
      if (young.map.size === 0) young.bits = new Uint32Array(words);
      young.map.set(id, value);
      young.bits[(id >>> 5) & (words - 1)] |= 1 << (id & 31);
      if (young.map.size < limit) return;
      old = young;
      young = empty();
    },
    get size() {
      return young.map.size + old.map.size;
    },
    *entries(): Iterable<[number, Value]> {
      for (const entry of old.map) if (!young.map.has(entry[0])) yield entry;
      yield* young.map;
    },
  };
}
