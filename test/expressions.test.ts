import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CelInput, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { compileExpression } from '../src/policy/expression/compile.ts';
import type { Environment } from '../src/policy/expression/environment.ts';
import type { Facts } from '../src/policy/expression/facts.ts';
import { createRequests } from '../src/policy/expression/request.ts';
import { truthValue } from '../src/policy/expression/truth.ts';
import { createRandom, type Known, knownAt, seen, truth } from './support/expressions.ts';

/** EXPRESSIONS=100000 for the long run. */
const EXPRESSIONS = Number(process.env.EXPRESSIONS ?? 4000);
const PAYMENTS = 4;

const environment: Environment = {
  features: ['f1', 'f2'].map((name) => ({ name, operation: 'amount' })),
  entityTypes: ['user', 'card'],
  lists: new Map([['named', 'text']]),
};

function factsOf(known: Known): Facts {
  return {
    tx: known.tx,
    values: Float64Array.from(known.values),
    score: known.score,
    probability: Number.NaN,
    model: undefined,
    hour: 0,
    weekday: 0,
    entities: new Float64Array(2),
    recordedAt: 0,
    inList: (_name, value) => known.named.has(value),
    fault: undefined,
  };
}

/** The same for CEL: what is absent is not there. It has no element that is unknown. */
function bindingsOf(known: Known): Record<string, CelInput> {
  const there = (value: unknown) => value !== null && value !== undefined && !Number.isNaN(value);
  const map = (object: Record<string, unknown>): Map<string, CelInput> =>
    new Map(
      Object.entries(object)
        .filter(([, value]) => there(value))
        .map(([name, value]) => [
          name,
          name === 'metadata' ? map(value as Record<string, unknown>) : (value as CelInput),
        ]),
    );
  const features = Object.fromEntries(known.values.map((value, i) => [`f${i + 1}`, value]));
  return { tx: map(known.tx), features: map(features), ...(there(known.score) ? { score: known.score } : {}) };
}

const hasNullElements = (known: Known) =>
  ((known.tx.metadata as { list?: unknown[] } | null | undefined)?.list ?? []).includes(null);

test(`${EXPRESSIONS} generated expressions mean what a naive reading and CEL’s own library say, in three values`, () => {
  const counts = { true: 0, false: 0, null: 0 };
  let byCel = 0;
  for (let seed = 1; seed <= EXPRESSIONS; seed++) {
    const random = createRandom(seed);
    const { ours, cel, naive } = truth(random, 4);
    const requests = createRequests();
    // The slots of both features, whichever the expression names first.
    for (const feature of environment.features) requests.slot(feature);
    const result = compileExpression(ours, environment, requests);
    if (!result.ok) {
      const message = result.errors[0].message;
      assert.match(message, /could take \d+ steps|by zero/, `seed ${seed}: ${ours}: ${message}`);
      continue;
    }
    const program = cel === undefined ? undefined : plan(celEnv(), parse(cel));
    for (let i = 0; i < PAYMENTS; i++) {
      const known = knownAt(random);
      const facts = factsOf(known);
      const value = truthValue(result.expression.evaluate(facts));
      counts[`${value}`]++;
      const told = () => `seed ${seed}: ${ours} over ${JSON.stringify(known)}`;
      seen.nan = false;
      assert.equal(value, naive(known, {}) ?? null, told());
      if (program === undefined || seen.nan || hasNullElements(known)) continue;
      byCel++;
      const other = program(bindingsOf(known) as never);
      assert.equal(value, isCelError(other) ? null : other, `by CEL, ${told()}`);
    }
  }
  // Not a test of one value only, nor of ourselves alone.
  const evaluations = counts.true + counts.false + counts.null;
  for (const count of Object.values(counts)) assert.ok(count > evaluations / 10, JSON.stringify(counts));
  assert.ok(byCel > evaluations / 4, `${byCel} of ${evaluations}`);
});
