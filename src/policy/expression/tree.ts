import type { ASTNode } from '@marcbachmann/cel-js';

/** The name of a field of the transaction, where the node is one: `tx.country`. */
export const fieldOf = (node: ASTNode): string | undefined =>
  node.op === '.' && node.args[0].op === 'id' && node.args[0].args === 'tx' ? (node.args[1] as string) : undefined;

/** A node and all within it. */
export function* walk(node: ASTNode): Generator<ASTNode> {
  yield node;
  const visit = function* (part: unknown): Generator<ASTNode> {
    if (Array.isArray(part)) for (const one of part) yield* visit(one);
    else if (typeof part === 'object' && part !== null && 'op' in part && 'range' in part) yield* walk(part as ASTNode);
  };
  yield* visit(node.args);
}
