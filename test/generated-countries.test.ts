import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRates } from '../src/app/rates.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { entityTypesWith } from '../src/domain/entity.ts';
import { createRates, type Rates } from '../src/domain/rates.ts';
import { entityKeys, eventOf } from '../src/engine/event.ts';
import { judge } from '../src/engine/judge.ts';
import { servingOf } from '../src/engine/serving.ts';
import { money } from '../src/features/money.ts';
import { takeIn } from '../src/intake/transaction.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import { toBody } from '../src/training/generator/format.ts';
import { generate } from '../src/training/generator/generate.ts';
import { CURRENCIES } from '../src/training/generator/places.ts';

const ENTITY_TYPES = entityTypesWith();

const SHIPPED = { baseCurrency: 'USD', currencyRates: {}, ratesFile: undefined };
/** What the ECB publishes no rate of. */
const UNQUOTED = ['KWD'];
const START = Date.UTC(2026, 8, 30);

interface Judged {
  country: string;
  currency: string;
  alerted: boolean;
  /** Sentences that people read, and the amount as it would read were it taken for dollars. */
  texts: string[];
  asDollars: string | undefined;
}

/** Legitimate payments of the sample stream, each decided by the shipped model in the light of those before. */
function judged(rates: Pick<Rates, 'base' | 'at'>): Judged[] {
  const serving = servingOf(loadArtifact(defaultModelDir), ENTITY_TYPES, 'USD');
  const profiles = createProfiles({ entityTypes: ENTITY_TYPES });
  const vector = new Float64Array(serving.features.names.length);
  const found: Judged[] = [];
  let sequence = 0;
  const stream = { transactions: 12_000, seed: 5, days: 30, start: START, fraudRate: 0.04, users: 500 };
  for (const row of generate(stream)) {
    const transaction = takeIn(toBody(row, true), { id: row.id, receivedAt: row.time }, { rates, ratesMaxAgeDays: 60 });
    const { amount, currency, country } = transaction;
    const entities = entityKeys(transaction, { entityTypes: ENTITY_TYPES, entityFields: {} });
    const event = eventOf(transaction, entities);
    serving.features.extract(profiles, event, vector);
    const { decision, reasons, fraudExplanation } = judge(serving, vector, new Float64Array(vector.length));
    profiles.learn(event, ++sequence);
    if (row.isFraud || country === undefined) continue;
    found.push({
      ...{ country, currency, alerted: decision !== 'approve' },
      texts: [fraudExplanation, ...reasons.map(({ message }) => message)],
      // Small sums are written alike by chance.
      asDollars: currency === 'USD' || amount! < 50 ? undefined : money(amount!, 'USD'),
    });
  }
  return found;
}

/** How far each country's alerts are from those of all, in deviations of a count of so few; two alerts are nothing. */
function outliers(payments: Judged[]): string[] {
  const share = payments.filter(({ alerted }) => alerted).length / payments.length;
  return [...Map.groupBy(payments, ({ country }) => country)].flatMap(([country, own]) => {
    const alerts = own.filter(({ alerted }) => alerted).length;
    const expected = own.length * share;
    const far = Math.abs(alerts - expected) > 4 * Math.sqrt(expected) + 2;
    return far ? [`${country}: ${alerts} of ${own.length}, expected ${expected.toFixed(1)}`] : [];
  });
}

test('legitimate payments are alerted alike in all countries, and no amount reads as dollars that was not converted', () => {
  const payments = judged(openRates(SHIPPED));
  assert.ok(new Set(payments.map(({ currency }) => currency)).size >= 10);
  const quoted = payments.filter(({ currency }) => !UNQUOTED.includes(currency));
  assert.deepEqual(outliers(quoted), []);
  for (const { texts, asDollars, currency } of payments)
    for (const text of texts)
      assert.ok(asDollars === undefined || !text.includes(asDollars), `${currency} as ${asDollars}: ${text}`);
});

test('amounts of other currencies taken as they are would show', () => {
  const asTheyAre = Object.fromEntries(Object.keys(CURRENCIES).map((code) => [code, 1]));
  const wrong = outliers(judged(createRates('USD', asTheyAre)));
  assert.ok(
    wrong.some((line) => line.startsWith('JP')),
    `yen as dollars: ${wrong.join('; ')}`,
  );
});

test('and so are those without a rate', { todo: 'the shipped model was trained where every amount had one' }, () => {
  assert.deepEqual(outliers(judged(openRates(SHIPPED))), []);
});
