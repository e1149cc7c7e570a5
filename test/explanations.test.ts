import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readDocument, withSamples } from '../scripts/explanations.ts';
import { tell } from '../src/narrator/template.ts';
import { KINDS, type Sample, samples } from './support/samples.ts';

/** Numbers of a text, read here without the narrator's own means. */
const figures = (text: string) =>
  (text.match(/\d+(?:[.,]\d+)*/g) ?? []).map((figure) => Number(figure.replaceAll(',', '')));

describe('the samples of docs/explanations.md', () => {
  let all: Sample[];
  before(() => {
    all = samples();
  });

  test('are twenty, of every kind of fraud and of honest payments', () => {
    assert.equal(all.length, 20);
    const kinds = new Map<string, Set<string>>();
    for (const { kind, decision } of all) kinds.set(kind, (kinds.get(kind) ?? new Set()).add(decision.decision));
    for (const kind of KINDS)
      assert.ok(
        kinds.get(kind)?.has('decline') && kinds.get(kind)?.has(kind === 'card_testing' ? 'approve' : 'review'),
        kind,
      );
    assert.deepEqual([...kinds.get('honest')!].sort(), ['approve', 'review']);
  });

  test('are what the document shows', () => {
    assert.equal(readDocument(), withSamples(readDocument(), all), 'node scripts/explanations.ts writes them anew');
  });

  test('agree with the attributions: every reason is the model’s own, told from its value', () => {
    for (const { decision, serving, vector } of all) {
      const { model, features } = serving;
      const contributions = new Float64Array(vector.length);
      model.explain(vector, contributions);
      for (const { code, value, contribution, message } of decision.reasons) {
        const i = features.names.indexOf(code);
        assert.equal(contribution, contributions[i]);
        assert.equal(value, Number.isFinite(vector[i]) ? vector[i] : null);
        assert.equal(message, features.describe(i, vector[i], model.statistics[i]));
      }
    }
  });

  test('every number in a text is in the decision, and every signal one of its reasons', () => {
    for (const { facts, decision } of all) {
      const { summary, signals, checks } = tell(facts);
      const { time, offsetMinutes } = facts;
      const amount = facts.amount!;
      const local = new Date(time + offsetMinutes * 60_000);
      const share = 100 * decision.probability;
      const allowed = new Set([
        ...decision.reasons.flatMap(({ message }) => figures(message)),
        ...[amount, Number(amount.toFixed(2)), Math.round(share), Number(share.toFixed(1)), 0.1, 99.9],
        ...[local.getUTCDate(), local.getUTCFullYear(), local.getUTCHours(), local.getUTCMinutes()],
      ]);
      for (const figure of figures(summary)) assert.ok(allowed.has(figure), `${figure} in: ${summary}`);
      for (const figure of figures(decision.fraudExplanation))
        assert.ok(allowed.has(figure), decision.fraudExplanation);
      const codes = decision.reasons.map(({ code }) => code);
      for (const signal of signals) assert.ok(codes.includes(signal), signal);
      assert.equal(checks.length > 0, decision.decision !== 'approve');
    }
  });

  test('speak of what weighs most, on the side of the outcome, and read as sentences', () => {
    for (const { facts, decision } of all) {
      const { summary, signals } = tell(facts);
      const sign = decision.decision === 'approve' ? -1 : 1;
      const strongest = decision.reasons.find(({ contribution }) => sign * contribution > 0);
      if (strongest) assert.equal(signals[0], strongest.code);
      const sentences = summary.split(/(?<=[a-z)%]\.) (?=[A-Z\d$€£¥₹])/);
      assert.ok(sentences.length >= 2 && sentences.length <= 4, summary);
      for (const sentence of sentences) assert.match(sentence, /^(?:[A-Z]|\d|\p{Sc})[\s\S]*\.$/u);
      assert.doesNotMatch(summary, /undefined|null|NaN|\b1 (?:payments|cards|users|devices|merchants|frauds)\b| {2}|_/);
      assert.ok(decision.fraudExplanation.length > 30);
    }
  });
});
