/** A search's trials on disk, a line of JSON each, so that it can go on where it was broken off. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { canonicalJson, sha256 } from '../models/canonical.ts';
import type { Trial } from './search.ts';

export interface TrialLog {
  done: Trial[];
  add(trial: Trial): void;
}

/**
 * Opens or begins a log. The first line says of which search it is (data, learner, base options, seed, folds); trials of
 * another one are refused. A torn last line, as a crash leaves it, is dropped.
 */
export function openTrials(path: string, identity: Record<string, unknown>): TrialLog {
  const search = sha256(canonicalJson(identity));
  const add = (trial: Trial) => appendFileSync(path, `${JSON.stringify(trial)}\n`);
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ search, ...identity })}\n`);
    return { done: [], add };
  }
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [head, ...lines] = whole.split('\n').filter((line) => line !== '');
  if (headOf(head) !== search) {
    throw new Error(`${path} holds the trials of another search: delete it, or choose another folder.`);
  }
  if (whole.length < text.length) writeFileSync(path, whole);
  return { done: lines.map((line) => JSON.parse(line) as Trial), add };
}

function headOf(line: string | undefined): unknown {
  try {
    return (JSON.parse(line ?? '') as { search?: unknown }).search;
  } catch {
    return undefined;
  }
}
