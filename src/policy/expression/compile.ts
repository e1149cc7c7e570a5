import type { ASTNode } from '@marcbachmann/cel-js';
import { buildArithmetic, buildNegative } from './arithmetic.ts';
import type { Builder, Scope, UseKind } from './builder.ts';
import { buildCall, buildMethod } from './calls.ts';
import { type Clause, clausesOf } from './clauses.ts';
import { type BoolCode, type Code, type Guard, REFUSED, typeWords } from './code.ts';
import { buildEquality, buildOrdering } from './compare.ts';
import { warnOfCurrency } from './currency.ts';
import type { Environment } from './environment.ts';
import { type Issue, issueAt } from './issue.ts';
import { buildLiteral } from './literal.ts';
import { buildChoice, buildJunction, buildNot } from './logic.ts';
import { buildList, buildMembership } from './membership.ts';
import { buildIndex, buildName, buildSelect } from './names.ts';
import { parse } from './parse.ts';
import { createRequests, type Requests } from './request.ts';
import { warnOfSpelling } from './spelling.ts';
import { TRUE } from './truth.ts';

/** Elementary steps (about a comparison of numbers each, some ns) that an expression may take at most. */
export const MAX_COST = 50_000;

export interface Use {
  kind: UseKind;
  name: string;
}

export interface Expression {
  evaluate: BoolCode['run'];
  /** The same where only a hit counts: it stops at the first clause that is unknown for want of something. */
  hits: BoolCode['run'];
  /** One of its clauses without which it cannot hit. */
  guard: Guard | undefined;
  /** What its top-level `&&` (or `||`) joins, each with its text: shown in an explanation. */
  clauses: Clause[];
  /** Slots of its requests among all of the policy's. */
  slots: number[];
  cost: number;
  uses: Use[];
  warnings: Issue[];
}

export type Compiled = { ok: true; expression: Expression } | { ok: false; errors: Issue[]; warnings: Issue[] };

/**
 * Checks an expression and turns it into closures. `requests` gathers what all rules of a policy ask of the features, so
 * that equal requests share a slot. All mistakes of names and types are told, one of form alone.
 */
export function compileExpression(
  source: string,
  environment: Environment,
  requests: Requests = createRequests(),
): Compiled {
  const parsed = parse(source);
  if ('issue' in parsed) return { ok: false, errors: [parsed.issue], warnings: [] };
  const builder = createBuilder(source, environment, requests);
  const code = builder.build(parsed.tree, new Map());
  if (code.type !== 'bool' && code.type !== 'refused') {
    builder.refuse(parsed.tree, `A rule must be true or false, and this is ${typeWords(code.type)}.`);
  }
  warnOfCurrency(builder, parsed.tree);
  warnOfSpelling(builder, parsed.tree);
  if (code.type === 'bool' && code.cost > MAX_COST) {
    builder.refuse(
      parsed.tree,
      `This could take ${code.cost} steps, and ${MAX_COST} are allowed: ask less of lists within lists, or of patterns.`,
    );
  }
  const { errors, warnings } = builder;
  if (code.type !== 'bool' || errors.length > 0) return { ok: false, errors, warnings };
  const clauses = clausesOf(source, parsed.tree, (node) => builder.build(node, new Map()));
  const { slots, used } = builder;
  return {
    ok: true,
    expression: {
      evaluate: code.run,
      hits: hitsOf(parsed.tree, code.run, clauses),
      guard: parsed.tree.op === '||' ? undefined : clauses.find((clause) => clause.guard !== undefined)?.guard,
      clauses,
      slots: [...slots],
      cost: code.cost,
      uses: [...used.values()],
      warnings,
    },
  };
}

function hitsOf(tree: ASTNode, whole: BoolCode['run'], clauses: Clause[]): BoolCode['run'] {
  if (tree.op !== '&&') return whole;
  const runs = clauses.map((clause) => clause.evaluate);
  return (facts) => {
    for (let i = 0; i < runs.length; i++) {
      const value = runs[i](facts);
      if (value === TRUE) continue;
      // A fault may yet turn out not to matter.
      return facts.fault === undefined ? value : whole(facts);
    }
    return TRUE;
  };
}

interface Built extends Builder {
  readonly errors: Issue[];
  readonly warnings: Issue[];
  readonly slots: Set<number>;
  readonly used: Map<string, Use>;
}

function createBuilder(source: string, environment: Environment, requests: Requests): Built {
  const errors: Issue[] = [];
  const warnings: Issue[] = [];
  const slots = new Set<number>();
  const used = new Map<string, Use>();
  const rangeOf = (at: ASTNode | { start: number; end: number }) => ('range' in at ? at.range : at);
  const builder: Built = {
    environment,
    source,
    errors,
    warnings,
    slots,
    used,
    build: (node, scope) => buildNode(builder, node, scope),
    refuse: (at, message, suggestion) => {
      errors.push(issueAt(source, rangeOf(at), message, suggestion));
      return REFUSED;
    },
    warn: (at, message, suggestion) => {
      warnings.push(issueAt(source, rangeOf(at), message, suggestion));
    },
    request: (request) => {
      const slot = requests.slot(request);
      slots.add(slot);
      return { type: 'number', cost: 2, read: { slot }, run: (facts) => facts.values[slot] };
    },
    uses: (kind, name) => {
      used.set(`${kind} ${name}`, { kind, name });
    },
  };
  return builder;
}

function buildNode(builder: Builder, node: ASTNode, scope: Scope): Code {
  const { op } = node;
  switch (op) {
    case 'value':
      return buildLiteral(builder, node);
    case 'id':
      return buildName(builder, node, scope);
    case '.':
      return buildSelect(builder, node, scope);
    case '[]':
      return buildIndex(builder, node, scope);
    case 'call':
      return buildCall(builder, node, scope);
    case 'rcall':
      return buildMethod(builder, node, scope);
    case 'list':
      return buildList(builder, node, scope);
    case 'in':
      return buildMembership(builder, node, scope);
    case '?:':
      return buildChoice(builder, node, scope);
    case '&&':
    case '||':
      return buildJunction(builder, node, scope, op);
    case '!_':
      return buildNot(builder, node, scope);
    case '-_':
      return buildNegative(builder, node, scope);
    case '==':
    case '!=':
      return buildEquality(builder, node, scope, op);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return buildOrdering(builder, node, scope, op);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return buildArithmetic(builder, node, scope, op);
    case 'map':
      return builder.refuse(node, 'Maps are not in the language of rules.');
    default:
      return builder.refuse(node, `${op} is not in the language of rules.`);
  }
}
