import { type ASTNode, serialize } from '@marcbachmann/cel-js';
import type { Code, Guard } from './code.ts';
import type { Facts } from './facts.ts';
import { flatten } from './logic.ts';
import type { Truth } from './truth.ts';

/** A part of an expression that is true, false or unknown by itself. */
export interface Clause {
  text: string;
  evaluate: (facts: Facts) => Truth;
  guard?: Guard;
}

/** The operands of the outermost `&&`, else of the outermost `||`, else the whole. */
export function clausesOf(source: string, tree: ASTNode, build: (node: ASTNode) => Code): Clause[] {
  const parts = tree.op === '||' ? flatten(tree, '||') : flatten(tree, '&&');
  const whole = parts.length === 1;
  return parts.flatMap((part) => {
    const code = build(part);
    const text = whole ? source.trim() : textOf(source, part);
    if (code.type === 'bool') return [{ text, evaluate: code.run, ...(code.guard ? { guard: code.guard } : {}) }];
    return [];
  });
}

/** A part as it was written; where its own parentheses lie outside its range it is written anew. */
function textOf(source: string, part: ASTNode): string {
  const text = source.slice(part.range.start, part.range.end);
  return /[()]/.test(text) ? serialize(part) : text;
}
