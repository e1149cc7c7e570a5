import type { ASTNode } from '@marcbachmann/cel-js';
import type { Builder } from './builder.ts';
import type { Code } from './code.ts';
import { truthOf } from './truth.ts';

/** Numbers are doubles, whole ones too; what a double cannot hold exactly is refused. */
export function buildLiteral(builder: Builder, node: ASTNode): Code {
  const value = node.args as unknown;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) return builder.refuse(node, 'A number has at most 15 digits before the point.');
    return numberLiteral(number);
  }
  if (typeof value === 'number') return numberLiteral(value);
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value === 'boolean') return { type: 'bool', cost: 0, literal: value, run: () => truthOf(value) };
  if (value === null) return builder.refuse(node, 'null is no value here: has(…) asks whether a field is there.');
  if (value instanceof Uint8Array) return builder.refuse(node, 'Bytes are not in the language of rules.');
  return builder.refuse(node, 'Numbers are doubles: write it without the u.');
}

export const numberLiteral = (value: number): Code => ({ type: 'number', cost: 0, literal: value, run: () => value });
export const textLiteral = (value: string): Code => ({ type: 'text', cost: 0, literal: value, run: () => value });

/** The text that a call demands to see in the expression itself; undefined where it is anything else. */
export function literalText(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

/** Between the quotes of a literal, for a suggestion to replace. */
export const insideQuotes = (node: ASTNode) => ({ start: node.range.start + 1, end: node.range.end - 1 });
