import type { ASTNode } from '@marcbachmann/cel-js';
import type { Builder } from './builder.ts';
import { fieldOf, walk } from './tree.ts';

const COMPARISONS: readonly string[] = ['<', '<=', '>', '>=', '==', '!=', 'in'];

/** 100 of what? `tx.amount` is in the payment's own currency, so a number beside it means nothing until that is named. */
export function warnOfCurrency(builder: Builder, tree: ASTNode): void {
  const nodes = [...walk(tree)];
  if (nodes.some((node) => fieldOf(node) === 'currency')) return;
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

const names = (node: ASTNode) => [...walk(node)].some((one) => fieldOf(one) === 'amount');

/** Made of literals alone. */
const isConstant = (node: ASTNode) => [...walk(node)].every((one) => one.op !== 'id' && one.op !== 'call');
