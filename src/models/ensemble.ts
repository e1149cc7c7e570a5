/**
 * Several models as one: its log-odds are a weighted sum of theirs. Bodies of the members lie one after another, each
 * beginning at a multiple of eight.
 *
 *   score = intercept + Σ weight × score of the member
 */
import { AssayError } from '../domain/errors.ts';
import type { Model } from './model.ts';

export type Scorer = Pick<Model, 'score' | 'explain'>;

export interface EnsembleMember {
  /** What training calls it. */
  name: string;
  /** Above 0. */
  weight: number;
  /** How its head and body are read. */
  kind: string;
  head: Record<string, unknown>;
  body: Uint8Array;
}

export interface EnsembleModel {
  intercept: number;
  members: EnsembleMember[];
}

/**
 * `score` and `explain` (see models/model.ts) of models with their weights. Attributions are linear, so those of the sum
 * are the weighted sum of the members': exact where theirs are.
 */
export function ensembleScorer(intercept: number, members: { weight: number; scorer: Scorer }[]): Scorer {
  let part = new Float64Array(0);
  return {
    score(vector) {
      let sum = intercept;
      for (const { weight, scorer } of members) sum += weight * scorer.score(vector);
      return sum;
    },
    explain(vector, out) {
      if (part.length !== out.length) part = new Float64Array(out.length);
      out.fill(0);
      let base = intercept;
      for (const { weight, scorer } of members) {
        base += weight * scorer.explain(vector, part);
        for (let i = 0; i < part.length; i++) out[i] += weight * part[i];
      }
      return base;
    },
  };
}

const FORMAT = 1;
const MEMBERS_MOST = 16;

export function encodeEnsemble({ intercept, members }: EnsembleModel): {
  head: Record<string, unknown>;
  body: Uint8Array;
} {
  let size = 0;
  const places = members.map(({ name, weight, kind, head, body }) => {
    const place = { name, weight, kind, model: head, offset: size, length: body.byteLength };
    size += Math.ceil(body.byteLength / 8) * 8;
    return place;
  });
  const whole = new Uint8Array(size);
  members.forEach(({ body }, i) => {
    whole.set(body, places[i].offset);
  });
  return { head: { format: FORMAT, intercept, members: places }, body: whole };
}

/** The members of a head and a body. Throws `invalid_request` where they are malformed. */
export function decodeEnsemble(head: Record<string, unknown>, body: Uint8Array): EnsembleModel {
  const bad = (what: string) => new AssayError('invalid_request', `ensemble: ${what}`);
  if (head.format !== FORMAT) throw bad(`unknown format ${String(head.format)}`);
  const intercept = head.intercept as number;
  if (!Number.isFinite(intercept)) throw bad('the intercept is not a number');
  const places = head.members;
  if (!Array.isArray(places) || places.length === 0 || places.length > MEMBERS_MOST) {
    throw bad(`1 to ${MEMBERS_MOST} members are needed`);
  }
  const members = (places as Record<string, unknown>[]).map((place): EnsembleMember => {
    const { name, weight, kind, model, offset, length } = place;
    if (typeof name !== 'string' || typeof kind !== 'string') throw bad('a member without name or kind');
    if (kind === 'ensemble') throw bad('a member is an ensemble itself');
    if (!(typeof weight === 'number' && Number.isFinite(weight))) throw bad(`the weight of ${name} is not a number`);
    if (typeof model !== 'object' || model === null) throw bad(`the head of ${name} is missing`);
    if (!isPlace(offset, length, body.byteLength)) throw bad(`the body of ${name} lies outside`);
    const from = offset as number;
    return {
      name,
      weight,
      kind,
      head: model as EnsembleMember['head'],
      body: body.slice(from, from + (length as number)),
    };
  });
  return { intercept, members };
}

function isPlace(offset: unknown, length: unknown, size: number): boolean {
  const sound = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  return sound(offset) && sound(length) && (offset as number) + (length as number) <= size;
}
