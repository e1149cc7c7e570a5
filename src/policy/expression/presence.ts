import type { ASTNode } from '@marcbachmann/cel-js';
import type { Builder, Scope } from './builder.ts';
import { type Code, REFUSED } from './code.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';

/**
 * `has(tx.cardId)`: whether it is there, which is always known: a member of what is absent is absent. The field is checked
 * like any other.
 */
export function buildPresence(builder: Builder, node: ASTNode, scope: Scope, parts: ASTNode[]): Code {
  if (parts.length !== 1 || parts[0].op !== '.') {
    return builder.refuse(node, 'has asks for one field, such as has(tx.cardId).');
  }
  const code = builder.build(parts[0], scope);
  if (code.type === 'refused') return REFUSED;
  const { run, type } = code;
  return {
    type: 'bool',
    cost: code.cost + 1,
    run: (facts): Truth => {
      const before = facts.fault;
      const value = run(facts);
      // That metadata has another form is an answer here, and no fault.
      facts.fault = before;
      const absent = value === undefined || (type === 'bool' ? value === UNKNOWN : Number.isNaN(value));
      return absent ? FALSE : TRUE;
    },
  };
}
