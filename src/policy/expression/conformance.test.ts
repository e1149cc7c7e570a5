import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { compileExpression } from './compile.ts';
import type { Facts } from './facts.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';

/**
 * CEL's own cases (google/cel-spec 0.25.1). One that our check accepts must give what CEL says; an error of evaluation is
 * unknown here. The rest must be refused, and the refusal is looked at by kind.
 */
interface Suite {
  name: string;
  suites?: Suite[];
  tests?: { original: Case }[];
}
interface Case {
  name?: string;
  expr: string;
  value?: Record<string, unknown>;
  evalError?: unknown;
  bindings?: unknown;
  disableCheck?: boolean;
}

/** Where the language differs by intent: NaN is a missing number, so it is unknown whether it equals anything. */
const DIFFERENT = ['eq_literal/not_eq_double_nan', 'ne_literal/not_ne_double_nan', 'ne_literal/ne_double_nan'];

const environment = { features: [], entityTypes: ['user', 'card'] };

function* cases(suite: Suite, path = ''): Generator<[string, Case]> {
  const name = path === '' ? suite.name : `${path}/${suite.name}`;
  for (const { original } of suite.tests ?? []) yield [`${name}/${original.name ?? original.expr}`, original];
  for (const inner of suite.suites ?? []) yield* cases(inner, name);
}

function literal(value: Record<string, unknown>): string | undefined {
  const [kind, content] = Object.entries(value)[0];
  if (kind === 'int64Value' || kind === 'uint64Value') return String(content);
  if (kind === 'doubleValue') return Number.isFinite(content) ? String(content) : undefined;
  if (kind === 'stringValue') return JSON.stringify(content);
  if (kind === 'boolValue') return String(content);
  if (kind === 'listValue') {
    const parts = ((content as { values?: Record<string, unknown>[] }).values ?? []).map(literal);
    return parts.every((part) => part !== undefined) ? `[${parts.join(', ')}]` : undefined;
  }
  return undefined;
}

const nothing = { tx: {}, values: new Float64Array(0), entities: new Float64Array(2), fault: undefined };

test('CEL’s conformance cases: what is accepted gives what CEL says, the rest is refused by name', () => {
  const wrong: string[] = [];
  const passed = new Map<string, number>();
  const refused = new Map<string, number>();
  for (const [name, { expr, value, evalError }] of cases(conformance as unknown as Suite)) {
    const isTruth = value !== undefined && 'boolValue' in value;
    const expected = value === undefined ? undefined : literal(value);
    const source = isTruth || expected === undefined ? expr : `(${expr}\n) == ${expected}`;
    const result = compileExpression(source, environment);
    const suite = name.split('/').slice(1, 2).join();
    if (!result.ok) {
      assert.ok(result.errors.length > 0 && result.errors.every((one) => /[.?]$/.test(one.message)), name);
      const kind = result.errors[0].message.replace(/"[^"]*"|\b(name|field|function) [\w.]+/g, '$1 …').slice(0, 70);
      refused.set(kind, (refused.get(kind) ?? 0) + 1);
      continue;
    }
    const facts = { ...nothing } as unknown as Facts;
    const truth = result.expression.evaluate(facts);
    const wanted: Truth = evalError !== undefined ? UNKNOWN : isTruth && value.boolValue !== true ? FALSE : TRUE;
    if (truth === wanted) passed.set(suite, (passed.get(suite) ?? 0) + 1);
    else if (!DIFFERENT.some((one) => name.endsWith(one)))
      wrong.push(`${name}: ${source} gave ${truth}, not ${wanted} ${facts.fault ?? ''}`);
  }
  if (process.env.SHOW !== undefined) console.log(passed, refused);
  assert.deepEqual(wrong, []);
  // A check that refused all would pass too.
  const total = [...passed.values()].reduce((sum, one) => sum + one, 0);
  assert.ok(total >= 460, `only ${total} of CEL’s cases are within the language`);
});
