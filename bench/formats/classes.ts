/**
 * Holds imported classifiers against what make_classes.py noted of P(fraud): each within 1e-6 of it, or refused in words.
 *
 *   node bench/formats/classes.ts <folder of make_classes.py> [--verbose]
 *
 * Each file is imported as it is, and then with its fraud class named. Needs onnxruntime-node; NODE_PATH may say where it is.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calibrator } from '../../src/models/calibrator.ts';
import { importModel } from '../../src/models/formats/import.ts';
import { decodeOnnx, onnxScorer } from '../../src/models/formats/onnx-model.ts';

interface Case {
  name: string;
  kind: 'classes' | 'margin' | 'isolation';
  labels?: string;
  fraud: string;
  classes: string[];
  rows: number;
  width: number;
  x: string;
  probability: string;
}

const [folder] = process.argv.slice(2);
const verbose = process.argv.includes('--verbose');
if (!folder) throw new Error('Say which folder make_classes.py wrote.');
const numbers = (text: string) => new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

let wrong = 0;
const tally = new Map<string, number>();
const reasons = new Map<string, number>();
for (const path of globSync('*.json', { cwd: folder }).sort()) {
  const facts = JSON.parse(readFileSync(join(folder, path), 'utf8')) as Case;
  const asked = facts.kind === 'isolation' ? undefined : facts.fraud;
  // Scores that only order payments are compared as they are.
  const plain = attempt(facts, undefined, undefined);
  const named = attempt(facts, asked, facts.kind === 'classes' ? undefined : 'log-odds');
  for (const [how, outcome] of [['as it is', plain] as const, ['asked for', named] as const]) {
    const sound = typeof outcome === 'string' || outcome <= 1e-6;
    // A file without a question left must be right; 0 for fraud cannot be told from 1 for fraud.
    const lies = how === 'as it is' && facts.labels === 'swapped';
    const word =
      typeof outcome === 'string' ? 'refused' : sound ? 'right' : lies ? 'the other class, as 1 was taken' : 'WRONG';
    if (word === 'WRONG') wrong++;
    tally.set(`${how}: ${word}`, (tally.get(`${how}: ${word}`) ?? 0) + 1);
    if (typeof outcome === 'string') reasons.set(`${how}: ${outcome}`, (reasons.get(`${how}: ${outcome}`) ?? 0) + 1);
    if (verbose || word === 'WRONG') console.log(`${facts.name.padEnd(40)} ${how.padEnd(10)} ${word} ${outcome}`);
  }
}
for (const [what, count] of [...tally].sort()) console.log(`${String(count).padStart(5)}  ${what}`);
for (const [what, count] of [...reasons].sort()) console.log(`${String(count).padStart(5)}  ${what}`);
if (wrong > 0) process.exitCode = 1;

/** The largest difference from P(fraud) (of scores: from the library's), or why the file is refused. */
function attempt(facts: Case, fraudClass: string | undefined, form: 'log-odds' | undefined): number | string {
  const bytes = new Uint8Array(readFileSync(join(folder, `${facts.name}.onnx`)));
  const names = Array.from({ length: facts.width }, (_, i) => `f${i}`);
  const thresholds = { review: 0.5, decline: 0.9 };
  try {
    const request = { bytes, name: facts.name, thresholds, names, onnx: { fraudClass, form }, codeVersion: '' };
    const { head, body } = importModel(request);
    const { score } = onnxScorer(decodeOnnx(head.model), body);
    const probability = calibrator(head.calibration);
    const [x, expected] = [numbers(facts.x), numbers(facts.probability)];
    const far = Array.from(expected, (of, row) => {
      const raw = score(x.subarray(row * facts.width, (row + 1) * facts.width));
      if (facts.kind !== 'classes') return Math.abs(raw - of);
      const clipped = Math.min(Math.max(of, 1e-6), 1 - 1e-6);
      return Math.abs(probability(raw) - clipped);
    });
    return Math.max(...far);
  } catch (error) {
    return (error as Error).message;
  }
}
