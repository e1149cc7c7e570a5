import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TrainFlags } from '../cli/train-flags.ts';
import { runTrain } from '../cli/train-run.ts';
import { entityTypesWith } from '../domain/entity.ts';
import { openHistory } from './history-file.ts';
import { type Inspection, inspectFile } from './inspect.ts';
import { MAPS } from './layouts.ts';
import { OutOfOrder } from './out-of-order.ts';

/** What a row of a made-up set is: each layout writes it in its own way. */
interface Made {
  i: number;
  day: number;
  second: number;
  who: number;
  where: number;
  amount: number;
  fraud: boolean;
}

const ROWS = 900;
const DAYS = 70;

function rowsOf(): Made[] {
  let state = 7;
  const pick = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: ROWS }, (_, i) => {
    // Several rows of one moment.
    const [day, second] = [Math.floor((Math.floor(i / 3) * 3 * DAYS) / ROWS), 60 * Math.floor(((i / 3) % 7) * 100)];
    const [who, where, fraud] = [pick(40), pick(12), pick(12) === 0];
    return { i, day, second, who, where, amount: 5 + pick(40) + (fraud ? 90 : 0), fraud };
  });
}

const two = (value: number) => String(value).padStart(2, '0');
const clock = (second: number) => `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}`;
const date = (from: string, day: number) => new Date(Date.parse(from) + day * 86_400_000).toISOString().slice(0, 10);

/** Rows of our own in the layout of each public set. */
const LAYOUTS: Record<string, { header: string; row: (made: Made) => string; own?: number }> = {
  sparkov: {
    header:
      ',trans_date_trans_time,cc_num,merchant,category,amt,first,last,gender,street,city,state,zip,lat,long,city_pop,job,dob,trans_num,unix_time,merch_lat,merch_long,is_fraud',
    row: ({ i, day, second, who, where, amount, fraud }) =>
      `${i},${date('2019-01-01', day)} ${clock(second)}:18,27030${who},"fraud_${where}, B and C",misc_net,${amount}.97,Ann,Bo,${who % 2 ? 'F' : 'M'},1 Some Street,Town${who % 3},NC,28654,36.0${who % 10},-81.17,${3000 + who},"Clerk, ${who % 5}",1988-03-09,t${i},1325376018,36.0${where % 10},-82.04,${fraud ? 1 : 0}`,
    own: 7,
  },
  paysim: {
    header:
      'step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud',
    row: ({ day, second, who, where, amount, fraud }) =>
      `${1 + 24 * day + Math.floor(second / 3600)},TRANSFER,${amount}.5,C${who},${200 + amount}.0,0.0,C55${where},0.0,0.0,${fraud ? 1 : 0},0`,
    own: 2,
  },
  'ieee-cis': {
    header:
      'TransactionID,isFraud,TransactionDT,TransactionAmt,ProductCD,card1,card2,card3,card4,card5,card6,addr1,addr2,dist1,P_emaildomain,R_emaildomain,C1,M1',
    row: ({ i, day, second, who, where, amount, fraud }) =>
      `${2987000 + i},${fraud ? 1 : 0},${86400 * (1 + day) + second},${amount}.5,W,${13926 + who},,150.0,discover,142.0,${who % 2 ? 'credit' : 'debit'},315.0,87.0,19.0,mail${where}.com,,${where}.0,${who % 2 ? 'T' : ''}`,
    own: 46,
  },
  tabformer: {
    header:
      'User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant City,Merchant State,Zip,MCC,Errors?,Is Fraud?',
    row: ({ day, second, who, where, amount, fraud }) =>
      `${who},${who % 2},${date('2002-09-01', day).split('-').map(Number)},${clock(second)},$${amount}.09,Swipe Transaction,352722${where},La Verne,${where % 2 ? 'CA' : 'NY'},91750.0,${5300 + (where % 4)},${who % 9 ? '' : '"Bad PIN,"'},${fraud ? 'Yes' : 'No'}`,
    own: 3,
  },
  baf: {
    header:
      'fraud_bool,income,name_email_similarity,prev_address_months_count,current_address_months_count,customer_age,days_since_request,intended_balcon_amount,payment_type,zip_count_4w,velocity_6h,velocity_24h,velocity_4w,bank_branch_count_8w,date_of_birth_distinct_emails_4w,employment_status,credit_risk_score,email_is_free,housing_status,phone_home_valid,phone_mobile_valid,bank_months_count,has_other_cards,proposed_credit_limit,foreign_request,source,session_length_in_minutes,device_os,keep_alive_session,device_distinct_emails_8w,device_fraud_count,month',
    row: ({ day, who, where, amount, fraud }) =>
      `${fraud ? 1 : 0},0.${where % 10},0.${who},-1,${who * 3},${10 * (1 + (who % 8))},0.0${where},-1.${where},A${'ABCDE'[who % 5]},${1000 + where},${5000 + who}.5,4000.25,3863.6,${where},${who % 9},CA,${amount},${where % 2},B${'AC'[where % 2]},${who % 2},1,${who % 3 ? 9 : -1},0,${fraud ? 2000 : 500}.0,0,${who % 7 ? 'INTERNET' : 'TELEAPP'},${who % 4 ? '3.25' : '-1.0'},linux,1,1,0,${Math.floor(day / 10)}`,
    own: 29,
  },
  handbook: {
    header:
      'TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO',
    row: ({ i, day, second, who, where, amount, fraud }) =>
      `${i},${date('2018-04-01', day)} ${clock(second)}:31,${who},${where},${amount}.16,${86400 * day + second},${day},${fraud ? 1 : 0},0`,
  },
  ulb: {
    header: `"Time",${Array.from({ length: 28 }, (_, i) => `"V${i + 1}"`)},"Amount","Class"`,
    row: ({ day, second, who, where, amount, fraud }) =>
      `${86400 * day + second},${Array.from({ length: 28 }, (_, v) => ((who * (v + 1)) % 17) / 8 - (fraud && v % 3 === 0 ? 2 : 0))},${amount}.${where},"${fraud ? 1 : 0}"`,
  },
  assay: {
    header: 'userId,cardId,merchantId,amount,currency,transactionDate,email,ip,isFraud',
    row: ({ day, second, who, where, amount, fraud }) =>
      `u${who},c${who % 20},m${where},${amount},EUR,${date('2026-01-01', day)}T${clock(second)}:00Z,a${who}@b${where}.co,203.0.113.${who},${fraud}`,
  },
};

const FLAGS = {
  ...{ format: 'assay', name: 'own', learner: 'trees', maxErrors: 0, json: true, folds: 1, resample: 'none' },
  ...{ declinePrecision: 0.95, cost: {}, seed: 1, set: { rounds: 5 } },
} as unknown as TrainFlags;

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item, i) => ({ item, at: (i * 7_919) % 907 }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

for (const [name, { header, row, own = 0 }] of Object.entries(LAYOUTS)) {
  test(`${name}: inspected, then trained as it proposes; newest first, shuffled and sorted are one model`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-layouts-'));
    t.after(() => rmSync(folder, { recursive: true }));
    t.mock.method(console, 'error', () => {});
    t.mock.method(console, 'log', () => {});
    const rows = rowsOf().map(row);
    const orders: Record<string, string> = {
      sorted: `${[header, ...rows].join('\n')}\n`,
      newest: [header, ...rows.toReversed()].join('\n'),
      shuffled: [header, ...shuffled(rows)].join('\r\n'),
    };
    const models: string[][] = [];
    let found: Inspection | undefined;
    for (const [order, text] of Object.entries(orders)) {
      const file = join(folder, `${order}.csv`);
      writeFileSync(file, text);
      found ??= await inspectFile(file, {});
      const map = join(folder, 'map.json');
      if (found.format === undefined) writeFileSync(map, JSON.stringify(found.map));
      const how = found.format === undefined ? { map } : { format: found.format };
      const out = join(folder, order);
      // Tuning is as indifferent to the order; one layout shows it, since it takes longer than all the rest.
      await runTrain(file, { ...FLAGS, ...how, tune: name === 'sparkov' ? 1 : 0, out });
      models.push(['model.json', 'model.bin'].map((part) => readFileSync(join(out, part), 'base64')));
    }
    assert.deepEqual([found?.format, found?.missing], [name === 'assay' ? undefined : name, []]);
    if (name !== 'ulb') assert.deepEqual([found?.rows, found?.bad, found?.truths.fraud], [ROWS, 0, frauds]);
    for (const other of models.slice(1)) assert.deepEqual(other, models[0]);
    const { schema = {}, features } = JSON.parse(Buffer.from(models[0][0], 'base64').toString());
    assert.equal(Object.keys(schema).length, own);
    assert.ok(features.length > 12, `${features.length} features`);
  });
}

const frauds = rowsOf().filter(({ fraud }) => fraud).length;

test('a public layout is known whatever the case of its names and the blanks around cells, and so read; a note says so', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-layouts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, { header, row }] of Object.entries(LAYOUTS)) {
    if (name === 'assay') continue;
    const blank = (line: string) => line.replace(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ' , ');
    const rows = rowsOf().slice(0, 120).map(row);
    const [plain, blanks] = [join(folder, 'plain.csv'), join(folder, 'blanks.csv')];
    writeFileSync(plain, [header, ...rows].join('\n'));
    writeFileSync(
      blanks,
      [
        blank(header === header.toUpperCase() ? header.toLowerCase() : header.toUpperCase()),
        ...rows.toReversed().map(blank),
      ].join('\n'),
    );
    const [as, found] = [await inspectFile(plain, {}), await inspectFile(blanks, {})];
    assert.equal(found.format, name);
    if (name === 'ulb') continue;
    assert.deepEqual([found.rows, found.bad, found.truths, found.from, found.to], [120, 0, as.truths, as.from, as.to]);
    assert.deepEqual(Object.keys(found.map.schema ?? {}), Object.keys(as.map.schema ?? {}));
    const said: string[] = [];
    const entityTypes = entityTypesWith();
    const history = openHistory(blanks, MAPS[name], { entityTypes, onNotes: (notes) => void said.push(...notes) });
    await assert.rejects(
      history(() => {}),
      OutOfOrder,
    );
    const times: number[] = [];
    await history(({ event }) => void times.push(event.time));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(times.length, 120);
    assert.match(said.join('\n'), /Columns are found though the file writes them otherwise: .* as /);
    assert.match(said.join('\n'), /cells have blanks around what they say/);
  }
});
