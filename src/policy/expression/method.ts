import type { ASTNode } from '@marcbachmann/cel-js';
import type { Scope } from './builder.ts';
import type { Code } from './code.ts';
import type { Range } from './issue.ts';

/** A method's call as its family gets it. */
export interface MethodCall<Name extends string> {
  node: ASTNode;
  /** Where its name stands. */
  at: Range;
  name: Name;
  target: ASTNode;
  object: Code;
  parts: ASTNode[];
  scope: Scope;
}
