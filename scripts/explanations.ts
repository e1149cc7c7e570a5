/** Writes the samples in docs/explanations.md: the template's texts of the shipped model's decisions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkWords, tell } from '../src/narrator/template.ts';
import { type Sample, samples } from '../test/support/samples.ts';

const path = join(import.meta.dirname, '..', 'docs', 'explanations.md');
const MARKS = /(<!-- samples -->\n)[\s\S]*(<!-- \/samples -->)/;

/** The document with these samples in it. */
export function withSamples(document: string, all: Sample[]): string {
  const text = all.map((sample, i) => `${i + 1}. ${told(sample)}\n`).join('\n');
  return document.replace(MARKS, (_whole, open, close) => `${open}\n${text}\n${close}`);
}

function told({ kind, facts, decision }: Sample): string {
  const { summary, checks, confidence } = tell(facts);
  const strongest = decision.reasons
    .slice(0, 3)
    .map(({ code, contribution }) => `\`${code}\` ${contribution < 0 ? '−' : '+'}${Math.abs(contribution).toFixed(2)}`);
  const next = checks.length > 0 ? ` Next: ${checkWords(checks).join(' ')}` : '';
  return `**${kind.replaceAll('_', ' ')}**, ${decision.decision}, confidence ${confidence}\n\n   > ${summary}\n\n   ${strongest.join(', ')}.${next}`;
}

export function readDocument(): string {
  return readFileSync(path, 'utf8');
}

if (import.meta.main) writeFileSync(path, withSamples(readDocument(), samples()));
