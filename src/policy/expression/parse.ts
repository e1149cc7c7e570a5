import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { type Issue, issueAt } from './issue.ts';

/** UTF-16 units of an expression at most: what a person can read. */
export const MAX_SOURCE = 8192;

const parser = new Environment({
  limits: { maxAstNodes: 4000, maxDepth: 48, maxListElements: 1000, maxCallArguments: 16 },
});

/** Words of the library about its tokens, in ours. */
const TOKENS: [RegExp, string][] = [
  [/^Unexpected token: EOF$/, 'The expression ends too early.'],
  [/^Expected (\w+), got EOF$/, 'The expression ends too early.'],
];

/** The tree of an expression, or what is wrong with its form (the first mistake: after it the rest cannot be read). */
export function parse(source: string): { tree: ASTNode } | { issue: Issue } {
  if (source.trim() === '') return { issue: issueAt(source, { start: 0, end: 0 }, 'The expression is empty.') };
  if (source.length > MAX_SOURCE) {
    const range = { start: MAX_SOURCE, end: source.length };
    return { issue: issueAt(source, range, `An expression has at most ${MAX_SOURCE} characters.`) };
  }
  try {
    return { tree: parser.parse(source).ast };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const summary = error.summary ?? error.message.split('\n')[0];
    const range = error.range ?? { start: 0, end: 0 };
    // It is read as a name, and what follows is in the way.
    const not = /\bnot\s+$/i.exec(source.slice(0, range.start));
    if (not) return { issue: issueAt(source, { start: not.index, end: not.index + 3 }, 'not is written ! here.') };
    const known = TOKENS.find(([pattern]) => pattern.test(summary));
    return { issue: issueAt(source, range, known?.[1] ?? misread(source.slice(range.start)) ?? sentence(summary)) };
  }
}

const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||' };

/** What stands where the library stopped: its own words name the last character of it. */
function misread(rest: string): string | undefined {
  const word = /^[\p{L}\p{Nd}_]+/u.exec(rest)?.[0];
  if (word === undefined) return undefined;
  const sign = WORDS[word.toLowerCase()];
  return sign === undefined ? `${word} cannot stand here.` : `${word} is written ${sign} here.`;
}

const sentence = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
