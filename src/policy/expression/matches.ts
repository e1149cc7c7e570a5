import { RE2JS } from '@bufbuild/re2';
import type { ASTNode } from '@marcbachmann/cel-js';
import { type Builder, fault } from './builder.ts';
import type { Code, TextCode } from './code.ts';
import type { Facts } from './facts.ts';
import type { Range } from './issue.ts';
import { insideQuotes, literalText } from './literal.ts';
import { type Truth, truthOf, UNKNOWN } from './truth.ts';

/** Characters of a pattern, and of a text that is matched: an address or a user agent, not a letter. */
export const MAX_PATTERN = 256;
export const MAX_MATCHED = 320;

/** `text.matches("pattern")`: RE2's syntax, found anywhere in the text, in time linear in it; compiled once. */
export function buildMatches(builder: Builder, text: TextCode, parts: ASTNode[], at: Range): Code {
  if (parts.length !== 1) return builder.refuse(at, 'It is text.matches("pattern").');
  const pattern = literalText(parts[0]);
  if (pattern === undefined)
    return builder.refuse(parts[0], 'A pattern is a text in quotes: it is compiled before it runs.');
  const place = insideQuotes(parts[0]);
  if (pattern.length > MAX_PATTERN) return builder.refuse(place, `A pattern has at most ${MAX_PATTERN} characters.`);
  const compiled = compile(pattern);
  if (typeof compiled === 'string') return builder.refuse(place, compiled);
  const size = programSize(compiled);
  const { run } = text;
  return {
    type: 'bool',
    // At worst each instruction looks at each character.
    cost: text.cost + size * MAX_MATCHED,
    run: (facts: Facts): Truth => {
      const value = run(facts);
      if (value === undefined) return UNKNOWN;
      if (value.length <= MAX_MATCHED) return truthOf(compiled.test(value));
      fault(facts, `matches looks at texts of at most ${MAX_MATCHED} characters`);
      return UNKNOWN;
    },
  };
}

function compile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return `This is no pattern: ${(error as Error).message.replace(/^error parsing regexp: /, '')}.`;
  }
}

/** Instructions of the compiled pattern: `(a{100}){100}` is short to write. */
const programSize = (compiled: RE2JS): number => compiled.re2().prog.inst.length;
