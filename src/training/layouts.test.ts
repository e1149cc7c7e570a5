import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { entityTypesWith } from '../domain/entity.ts';
import { trainingCatalogue } from '../features/catalogue.ts';
import { extractDataset } from './extract.ts';
import { openHistory } from './history-file.ts';
import { MAPS } from './layouts.ts';

const entityTypes = entityTypesWith();

/** Rows of our own in the layout of each public set, the newest first. */
const LAYOUTS: Record<string, { header: string; row: (i: number) => string }> = {
  sparkov: {
    header:
      ',trans_date_trans_time,cc_num,merchant,category,amt,first,last,gender,street,city,state,zip,lat,long,city_pop,job,dob,trans_num,unix_time,merch_lat,merch_long,is_fraud',
    row: (i) =>
      `${i},2019-01-01 ${two(i % 24)}:${two(i % 60)}:18,27030${i % 9},"fraud_A, B and C",misc_net,4.97,Ann,Bo,F,1 Some Street,Town,NC,28654,36.07,-81.17,3495,"Clerk, chief",1988-03-09,t${i},1325376018,36.01,-82.04,${i % 5 === 0 ? 1 : 0}`,
  },
  paysim: {
    header:
      'step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud',
    row: (i) => `${1 + i},TRANSFER,181.0,C${i % 9},181.0,0.0,C55${i % 4},0.0,0.0,${i % 5 === 0 ? 1 : 0},0`,
  },
  'ieee-cis': {
    header:
      'TransactionID,isFraud,TransactionDT,TransactionAmt,ProductCD,card1,card2,card3,card4,card5,card6,addr1,addr2,dist1,P_emaildomain,R_emaildomain,C1',
    row: (i) =>
      `${2987000 + i},${i % 5 === 0 ? 1 : 0},${86400 + 60 * i},68.5,W,${13926 + (i % 9)},,150.0,discover,142.0,credit,315.0,87.0,19.0,,,1.0`,
  },
  tabformer: {
    header:
      'User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant City,Merchant State,Zip,MCC,Errors?,Is Fraud?',
    row: (i) =>
      `${i % 9},${i % 2},2002,9,${1 + (i % 28)},06:${two(i % 60)},$134.09,Swipe Transaction,352722${i % 4},La Verne,CA,91750.0,5300,,${i % 5 === 0 ? 'Yes' : 'No'}`,
  },
  handbook: {
    header:
      'TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT,TX_TIME_SECONDS,TX_TIME_DAYS,TX_FRAUD,TX_FRAUD_SCENARIO',
    row: (i) => `${i},2018-04-01 00:00:31,${i % 9},${i % 4},57.16,${31 + 60 * i},0,${i % 5 === 0 ? 1 : 0},0`,
  },
};

const two = (value: number) => String(value).padStart(2, '0');

for (const [name, { header, row }] of Object.entries(LAYOUTS)) {
  test(`${name}: every row is taken, sorted, with its truth and its customers`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-layouts-'));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'f.csv');
    const rows = Array.from({ length: 300 }, (_, i) => row(i)).reverse();
    await writeFile(path, [header, ...rows].join('\n'));
    const notes: string[] = [];
    const history = openHistory(path, MAPS[name], { entityTypes, onNotes: (told) => void notes.push(...told) });
    const { dataset, frauds } = await extractDataset(history, {
      ...{ definitions: trainingCatalogue(entityTypes), entityTypes, delayMs: 60_000 },
    });
    assert.deepEqual([dataset.rows, frauds], [300, 60]);
    assert.equal(new Set(dataset.cards).size, name === 'tabformer' ? 18 : 9);
    assert.ok(dataset.amounts.every((amount) => amount > 0));
    assert.ok(dataset.times.every((time, i) => i === 0 || time >= dataset.times[i - 1]));
    assert.ok(
      notes.some((note) => note.startsWith('The rows are not in order')),
      notes.join('\n'),
    );
  });
}
