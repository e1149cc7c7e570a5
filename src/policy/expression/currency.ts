import type { ASTNode } from '@marcbachmann/cel-js';
import type { Builder } from './builder.ts';

const COMPARISONS: readonly string[] = ['<', '<=', '>', '>=', '==', '!=', 'in'];

/** 100 of what? `tx.amount` is in the payment's own currency, so a number beside it means nothing until that is named. */
export function warnOfCurrency(builder: Builder, tree: ASTNode): void {
  const nodes = [...walk(tree)];
  if (nodes.some((node) => isField(node, 'currency'))) return;
  for (const node of nodes) {
    if (!COMPARISONS.includes(node.op)) continue;
    const [left, right] = node.args as [ASTNode, ASTNode];
    if ((names(left) && isConstant(right)) || (names(right) && isConstant(left))) {
      builder.warn(
        node,
        'tx.amount is in the currency of the payment: name tx.currency too, or compare tx.amountBase, which is in the base currency.',
      );
    }
  }
}

const isField = (node: ASTNode, name: string): boolean =>
  node.op === '.' && node.args[1] === name && node.args[0].op === 'id' && node.args[0].args === 'tx';

const names = (node: ASTNode) => [...walk(node)].some((one) => isField(one, 'amount'));

/** Made of literals alone. */
const isConstant = (node: ASTNode) => [...walk(node)].every((one) => one.op !== 'id' && one.op !== 'call');

/** A node and all within it. */
function* walk(node: ASTNode): Generator<ASTNode> {
  yield node;
  const visit = function* (part: unknown): Generator<ASTNode> {
    if (Array.isArray(part)) for (const one of part) yield* visit(one);
    else if (typeof part === 'object' && part !== null && 'op' in part && 'range' in part) yield* walk(part as ASTNode);
  };
  yield* visit(node.args);
}
