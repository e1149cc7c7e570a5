import type { ASTNode } from '@marcbachmann/cel-js';
import { type Builder, fault, type Scope } from './builder.ts';
import { type Code, type CodeOf, type ElementType, REFUSED, typeWords } from './code.ts';
import { plain } from './compare.ts';
import type { Facts } from './facts.ts';
import { unknownOf } from './macros.ts';
import { MAX_SEARCHED, sameValue } from './same.ts';
import { FALSE, TRUE, type Truth, truthOf, UNKNOWN } from './truth.ts';
import { kindOf } from './values.ts';

/** A list in the expression: elements of one type; one that is unknown makes the whole unknown, as an argument would. */
export function buildList(builder: Builder, node: ASTNode, scope: Scope): Code {
  const parts = (node.args as ASTNode[]).map((part) => builder.build(part, scope));
  if (parts.some((part) => part.type === 'refused')) return REFUSED;
  const nodes = node.args as ASTNode[];
  const mixed = parts.some((part) => part.type === 'any');
  const type = mixed ? 'any' : (parts[0]?.type ?? 'any');
  const other = mixed ? -1 : parts.findIndex((part) => part.type !== type);
  if (other >= 0) {
    const [own, first] = [typeWords(parts[other].type), typeWords(type)];
    return builder.refuse(nodes[other], `A list holds one type: this is ${own}, and the first is ${first}.`);
  }
  if (parts.some((part) => part.type === 'list')) {
    return builder.refuse(node, 'Lists of lists are not in the language of rules.');
  }
  const of = type as ElementType;
  const runs = (parts as CodeOf<'any'>[]).map(({ run }, i): ((facts: Facts) => unknown) => {
    // Beside values of metadata a truth is a value as they are.
    return mixed && (parts[i] as Code).type === 'bool' ? (facts) => plain(run(facts), true) : run;
  });
  if (parts.every((part) => part.literal !== undefined)) {
    const literal = runs.map((run) => run({} as Facts));
    return { type: 'list', of, cost: 1, literal, run: () => literal };
  }
  const cost = parts.reduce((sum, part) => sum + part.cost + 1, 1);
  return { type: 'list', of, cost, run: (facts) => gather(runs, facts, of === 'bool' ? UNKNOWN : undefined) };
}

function gather(runs: ((facts: Facts) => unknown)[], facts: Facts, unknown: unknown): unknown[] | undefined {
  const list: unknown[] = [];
  for (let i = 0; i < runs.length; i++) {
    const value = runs[i](facts);
    if (value === unknown || Number.isNaN(value)) return undefined;
    list.push(value);
  }
  return list;
}

/** `x in list`, and `"name" in tx.metadata`. */
export function buildMembership(builder: Builder, node: ASTNode, scope: Scope): Code {
  const [item, container] = (node.args as [ASTNode, ASTNode]).map((part) => builder.build(part, scope));
  if (item.type === 'refused' || container.type === 'refused') return REFUSED;
  const at = (node.args as [ASTNode, ASTNode])[1];
  if (container.type !== 'list' && container.type !== 'any') {
    return builder.refuse(at, `in needs a list, and this is ${typeWords(container.type)}.`);
  }
  const cost = item.cost + container.cost + 4;
  if (item.type === 'list') return builder.refuse(node, 'Lists of lists are not in the language of rules.');
  if (container.type === 'any' || item.type === 'any' || container.of === 'any') {
    return {
      type: 'bool',
      cost: cost + 2 * (Array.isArray(container.literal) ? container.literal.length : MAX_SEARCHED),
      run: search(item, container),
    };
  }
  if (item.type !== container.of) {
    // Nothing is in the empty list, but what is unknown is not known to be out of it.
    const empty = Array.isArray(container.literal) && container.literal.length === 0;
    if (!empty)
      return builder.refuse(
        node,
        `This is ${typeWords(item.type)}, and the list holds others: ${typeWords(container.of)}.`,
      );
  }
  const unknown = unknownOf(item.type);
  const run: (facts: Facts) => unknown = item.run;
  if (Array.isArray(container.literal)) {
    const set = new Set(container.literal);
    const known = (value: unknown) => (Object.is(value, unknown) ? UNKNOWN : truthOf(set.has(value)));
    return { type: 'bool', cost, run: (facts) => known(run(facts)) };
  }
  const listOf = container.run;
  return {
    type: 'bool',
    cost: cost + MAX_SEARCHED,
    run: (facts) => {
      const value = run(facts);
      const list = listOf(facts);
      return Object.is(value, unknown) || list === undefined ? UNKNOWN : truthOf(list.includes(value));
    },
  };
}

/** With values of metadata: an element that is absent (null) is unknown, one of another type is another. */
function search(
  item: Exclude<Code, { type: 'refused' }>,
  container: Exclude<Code, { type: 'refused' }>,
): (facts: Facts) => Truth {
  const isBool = item.type === 'bool';
  const elementsBool = container.type === 'list' && container.of === 'bool';
  const run: (facts: Facts) => unknown = item.run;
  return (facts) => {
    const value = plain(run(facts), isBool);
    const within = container.run(facts);
    if (value === undefined || Number.isNaN(value) || within === undefined) return UNKNOWN;
    if (Array.isArray(within)) return searchList(facts, value, within, elementsBool);
    if (typeof within === 'object' && typeof value === 'string') return truthOf(Object.hasOwn(within as object, value));
    fault(facts, `in needs a list, and metadata has ${kindOf(within)}`);
    return UNKNOWN;
  };
}

function searchList(facts: Facts, value: unknown, list: readonly unknown[], elementsBool: boolean): Truth {
  if (list.length > MAX_SEARCHED) {
    fault(facts, `metadata has more than ${MAX_SEARCHED} elements`);
    return UNKNOWN;
  }
  let result: Truth = FALSE;
  for (let i = 0; i < list.length; i++) {
    const same = sameValue(facts, value, plain(list[i], elementsBool));
    if (same === TRUE) return TRUE;
    if (same === UNKNOWN) result = UNKNOWN;
  }
  return result;
}
