import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { readColumnMap } from './column-map.ts';
import { extractDataset } from './extract.ts';
import { openHistory } from './history-file.ts';
import { inspectFile } from './inspect.ts';

async function fileOf(t: TestContext, lines: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-inspect-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'f.csv');
  await writeFile(path, lines.join('\n'));
  return path;
}

test('a foreign file is told whole, and the map that comes of it reads every row as it stands', async (t) => {
  const rows = Array.from(
    { length: 90 },
    (_, i) =>
      `x${i},c${i % 7},${10 + i}.5,${String(1 + (i % 28)).padStart(2, '0')}/0${1 + (i % 3)}/2025 10:00,web,${i % 9 === 0 ? 'Y' : i % 10 === 5 ? '' : 'N'},visa,9`,
  );
  const path = await fileOf(t, [
    'txn_id,customer_id,amt,timestamp,Channel,is_fraud,card_brand,shoe_size',
    ...rows,
    'y,,1,01/01/2025 10:00,web,N,visa,9',
  ]);
  const found = await inspectFile(path, {});
  assert.deepEqual(found.map.columns, {
    ...{ id: 'txn_id', userId: 'customer_id', amount: 'amt', transactionDate: 'timestamp', isFraud: 'is_fraud' },
    ...{ channel: 'Channel', cardBrand: 'card_brand' },
  });
  assert.deepEqual([found.rows, found.bad, found.ordered, found.unused], [90, 1, false, ['shoe_size']]);
  assert.match(found.faults[0], /line 92: userId is required/);
  assert.deepEqual(found.truths, { fraud: 10, legitimate: 72, unlabelled: 8 });
  assert.deepEqual([found.from, found.to], ['2025-01-01T10:00:00.000Z', '2025-03-28T10:00:00.000Z']);
  assert.deepEqual(
    found.months.map(({ month, rows: count }) => [month, count]),
    [
      ['2025-01', 30],
      ['2025-02', 30],
      ['2025-03', 30],
    ],
  );

  const mapPath = `${path}.json`;
  await writeFile(mapPath, JSON.stringify(found.map));
  const entityTypes = entityTypesWith();
  const history = openHistory(path, await readColumnMap(mapPath), { entityTypes, maxErrors: 1 });
  const { dataset } = await extractDataset(history, { definitions: [], entityTypes, unlabelled: 'exclude' });
  assert.deepEqual([dataset.rows, dataset.labels.reduce((sum, label) => sum + label, 0)], [82, 10]);
});

test('a public layout is known by its columns, and what is not found is said', async (t) => {
  const paysim = await fileOf(t, [
    'step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud',
    '1,PAYMENT,9.5,C1,1,1,M2,0,0,0,0',
  ]);
  const known = await inspectFile(paysim, {});
  assert.deepEqual([known.format, known.rows, known.missing], ['paysim', 1, []]);
  const other = await inspectFile(await fileOf(t, ['a,b,amount', '1,2,3']), {});
  assert.deepEqual([other.format, other.missing], [undefined, ['userId', 'transactionDate', 'isFraud']]);
});

/** Rows of a random that repeats. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('registrations that name nobody: columns of one’s own are told from their values, and what tells the truth is left out', async (t) => {
  const pick = numbers(3);
  const rows = Array.from({ length: 400 }, (_, i) => {
    const bad = pick(10) === 0;
    return [
      ...[
        `2025-0${1 + (i % 6)}-1${i % 10} 08:${String(pick(60)).padStart(2, '0')}:00`,
        `10.0.${pick(9)}.${bad ? 1 : pick(200)}`,
      ],
      ...[`p${i}@mail${pick(30)}.com`, `Agent/${pick(3)}`, ['NY', 'CA'][pick(2)], String(10_000 + pick(150))],
      ...[`${pick(250)} Some Street`, `${pick(90)}.5`, pick(2) === 0 ? 'yes' : 'no', `19${60 + pick(40)}-01-02`],
      ...[
        String(40 + pick(9)),
        String(-70 - pick(9)),
        `note ${i}`,
        bad ? 'scenario 3' : '',
        String(i),
        bad ? 'bad' : 'good',
      ],
    ].join();
  });
  const header =
    'EVENT_TIMESTAMP,ip_address,email_address,user_agent,billing_state,billing_postal,billing_address,score,returning,born,home_lat,home_lon,note,fraud_scenario,n,EVENT_LABEL';
  const path = await fileOf(t, [header, ...rows]);
  const found = await inspectFile(path, {});
  assert.deepEqual(found.map.columns, {
    ...{ transactionDate: 'EVENT_TIMESTAMP', isFraud: 'EVENT_LABEL', ip: 'ip_address', email: 'email_address' },
  });
  assert.deepEqual([found.map.constants, found.map.fraudValue, found.missing], [{ type: 'registration' }, 'bad', []]);
  const types = Object.entries(found.map.schema ?? {}).map(([name, { type }]) => [name, type]);
  assert.deepEqual(Object.fromEntries(types), {
    ...{ home: 'place', user_agent: 'category', billing_state: 'category', billing_postal: 'entity' },
    ...{ billing_address: 'entity', score: 'number', returning: 'boolean', born: 'time' },
  });
  assert.deepEqual(found.unused, ['note', 'fraud_scenario', 'n']);
  assert.match(found.left.fraud_scenario, /truth/);
  assert.match(found.left.note, /another in every row/);
  assert.match(found.left.n, /counts the rows/);
  assert.deepEqual([found.rows, found.bad], [400, 0]);
  assert.ok((found.truths.fraud ?? 0) > 20 && found.notes.some((note) => note.includes('"bad" is taken as fraud')));
  const mapPath = `${path}.json`;
  await writeFile(mapPath, JSON.stringify(found.map));
  assert.deepEqual(await readColumnMap(mapPath), found.map);
});

test('semicolons, decimal commas, a date and a clock, and a field’s name over something else', async (t) => {
  const pick = numbers(5);
  const rows = Array.from(
    { length: 120 },
    (_, i) =>
      `${i};k${pick(9)};${1 + pick(39)}.${100 + pick(800)},${10 + pick(80)};${1 + (i % 28)}.03.2025;1${pick(9)}:30;${pick(9)},5;nowhere ${pick(3)};${i % 6 ? 'N' : 'J'}`,
  );
  const path = await fileOf(t, ['id;Customer;Amount;Date;Time;weight;country;fraud', ...rows]);
  const found = await inspectFile(path, {});
  const { columns, decimal, fraudValue, ignore, schema } = found.map;
  assert.deepEqual(columns.transactionDate, ['Date', 'Time']);
  assert.deepEqual([columns.userId, columns.amount, decimal, fraudValue], ['Customer', 'Amount', ',', 'J']);
  assert.deepEqual(
    [ignore, schema?.weight?.type, schema?.own_country?.field],
    [['country'], 'number', 'metadata.country'],
  );
  assert.deepEqual([found.rows, found.bad, found.from], [120, 0, '2025-03-01T10:30:00.000Z'], found.faults.join());
  const entityTypes = entityTypesWith();
  const { dataset } = await extractDataset(openHistory(path, found.map, { entityTypes }), {
    definitions: [],
    entityTypes,
  });
  const amounts = Array.from(dataset.amounts);
  assert.ok(amounts.some((amount) => amount > 1000) && amounts.every((amount) => amount > 100 && amount < 40_000));
});
