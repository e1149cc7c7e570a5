import type { ASTNode } from '@marcbachmann/cel-js';
import type { Code, ElementType } from './code.ts';
import type { Environment } from './environment.ts';
import type { Facts } from './facts.ts';
import type { Range } from './issue.ts';
import type { FeatureRequest } from './request.ts';

/** What the parts of the compiler share while one expression is built. */
export interface Builder {
  readonly environment: Environment;
  readonly source: string;
  build(node: ASTNode, scope: Scope): Code;
  /** Tells a mistake and returns what stands for it. */
  refuse(at: ASTNode | Range, message: string, suggestion?: string): Code;
  warn(at: ASTNode | Range, message: string, suggestion?: string): void;
  /** A number of the catalogue or of a velocity call, as code. */
  request(request: FeatureRequest): Code;
  uses(kind: UseKind, name: string): void;
}

/** `feature` and `window` are requests; `field` a field of the transaction; `input` one of score, probability, model, hour, weekday. */
export type UseKind = 'field' | 'feature' | 'window' | 'list' | 'input';

/** Variables of the macros around, by name. */
export type Scope = ReadonlyMap<string, Variable>;

/** A macro's variable: the closure that iterates sets it, those inside read it. */
export interface Variable {
  readonly type: ElementType;
  value: unknown;
}

/** Says why an expression could not be evaluated; the first reason is kept. The value is then unknown. */
export function fault(facts: Facts, why: string): void {
  facts.fault ??= why;
}
