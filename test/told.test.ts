import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readDisputes } from '../src/cli/label-file.ts';
import { calibrationFrom } from '../src/cli/models-calibrate.ts';
import { defaultModelDir } from '../src/cli/paths.ts';
import { readTellings } from '../src/cli/tellings-import.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { readRows } from '../src/training/history-file.ts';
import { inspectFile } from '../src/training/inspect.ts';
import { readUlb, ULB_COLUMNS } from '../src/training/ulb.ts';
import { createRandom } from './support/expressions.ts';

/** Who reads a file × what may be the matter with it: nobody takes it without a word. */
describe('whoever reads a file tells what was assumed of it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-told-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  const model = loadArtifact(defaultModelDir);

  interface Reader {
    rows: string[][];
    /** A column whose name may be written otherwise, and whose cells may have blanks around them. */
    column: string;
    read: (path: string, say: (text: string) => void) => Promise<unknown>;
  }

  function scoredRows(): string[][] {
    const random = createRandom(5);
    const vectors = Array.from({ length: 40 }, () => model.features.map(() => Math.round(random() * 50)));
    const scores = vectors.map((vector) => model.score(Float64Array.from(vector)));
    const middle = scores.toSorted((a, b) => a - b)[20];
    return [
      [...model.features, 'label'],
      ...vectors.map((vector, i) => [...vector.map(String), scores[i] >= middle ? '1' : '0']),
    ];
  }
  const history = [
    ['userId', 'amount', 'transactionDate', 'isFraud'],
    ['u', '10', '2025-05-01T10:00:00Z', '0'],
    ['v', '10', '2025-05-02T10:00:00Z', '1'],
  ];
  const disputes = [
    ['transactionId', 'scheme', 'reasonCode', 'reportedAt', 'status', 'kind'],
    ['a', 'visa', '10.4', '2025-05-01T10:00:00Z', 'open', 'dispute'],
    ['b', 'visa', '10.4', '2025-05-01T10:00:00Z', 'open', 'dispute'],
  ];
  const readers: Record<string, Reader> = {
    'train, evaluate and replay of a history': {
      rows: history,
      column: 'amount',
      read: (path, say) => readRows(path, { columns: {} }, { onNotes: (notes) => notes.forEach(say) }, () => {}),
    },
    inspect: {
      rows: history,
      column: 'amount',
      async read(path, say) {
        const { map, notes, unused, faults, left } = await inspectFile(path, {});
        if (faults.length > 0) throw new Error(faults.join());
        for (const note of notes) say(note);
        // Its map says where it found them, and it lists the rest by themselves.
        for (const [field, at] of Object.entries(map.columns)) if (at !== field) say(`map: ${field} is ${at}`);
        if (unused.length + Object.keys(left).length > 0) say(`Columns that are not used: ${unused.join()}`);
      },
    },
    'train and evaluate of a matrix': {
      rows: [ULB_COLUMNS, ULB_COLUMNS.map((_, i) => `${i}`)].map((cells, i) => [
        ...cells.slice(0, -1),
        i ? '0' : 'Class',
      ]),
      column: 'Amount',
      read: (path, say) => readUlb(path, { say }),
    },
    'models import --calibrate': {
      rows: scoredRows(),
      column: model.features[3],
      async read(path, say) {
        const { notes } = await calibrationFrom(path, model, 'label');
        notes.forEach(say);
      },
    },
    'labels import': {
      rows: disputes,
      column: 'scheme',
      async read(path, say) {
        const { faults } = await readDisputes(path, { columns: {} }, (digits) => digits, say);
        if (faults.length > 0) throw new Error(faults[0].message);
      },
    },
  };

  /** How a table is spoilt, and what is said of it: a note, or why it is refused. */
  type Spoilt = [rows: string[][], told: RegExp];
  const faults: Record<string, (rows: string[][], at: number) => Spoilt> = {
    'blanks around cells': (rows, at) => [
      rows.map((cells, i) => (i === 0 ? cells : cells.with(at, ` ${cells[at]} `))),
      new RegExp(`^${rows.length - 1} cells? ha(?:ve|s) blanks around what`),
    ],
    'a name in another case': (rows, at) => [
      rows.map((cells, i) => (i === 0 ? cells.with(at, cells[at].toUpperCase()) : cells)),
      new RegExp(
        `found though the file writes them otherwise: .*${rows[0][at]} as|looks like the field ${rows[0][at]}|^map: ${rows[0][at]} is`,
      ),
    ],
    'a column that nothing reads': (rows) => [
      rows.map((cells, i) => [...cells, i === 0 ? 'whatever' : 'x']),
      /Columns that are not used: .*whatever/,
    ],
    'two columns of one name': (rows, at) => [
      rows.map((cells) => [...cells, cells[at]]),
      /(both|Two columns are) called/,
    ],
    'bytes that are no UTF-8': (rows, at) => [
      rows.map((cells, i) => (i === 1 ? cells.with(at, 'Z\xfcrich') : cells)),
      /bytes that are no UTF-8/,
    ],
    'a row that is too short': (rows) => [
      rows.map((cells, i) => (i === 1 ? cells.slice(1) : cells)),
      /\d+ fields where the header has \d+/,
    ],
  };

  for (const [reader, { rows, column, read }] of Object.entries(readers)) {
    async function toldOf(table: string[][]): Promise<string[]> {
      const path = join(folder, `${++files}.csv`);
      writeFileSync(path, `${table.map((cells) => cells.join()).join('\n')}\n`, 'latin1');
      const told: string[] = [];
      await read(path, (text) => told.push(text)).catch((error: Error) => told.push(error.message));
      return told.map((text) => text.replace(`${path}: `, ''));
    }
    test(`${reader}: nothing is the matter`, async () => {
      const told = await toldOf(rows);
      assert.ok(
        told.every((text) => /^Calibrated|differ in nothing/.test(text)),
        told.join('\n'),
      );
    });
    for (const [fault, spoil] of Object.entries(faults))
      test(`${reader}: ${fault}`, async () => {
        const [table, pattern] = spoil(rows, rows[0].indexOf(column));
        const told = await toldOf(table);
        assert.ok(
          told.some((text) => pattern.test(text)),
          `${pattern}\n${told.join('\n')}`,
        );
      });
  }

  test('a file of disputes tells what its rows leave open, and refuses a column that is nearly one', async () => {
    const told: string[] = [];
    const load = (text: string, map = {}) => {
      const path = join(folder, `${++files}.csv`);
      writeFileSync(path, text);
      return readDisputes(
        path,
        { columns: {}, ...map },
        (digits) => digits,
        (note) => told.push(note),
      );
    };
    const map = { decimal: ',', amountPrefix: '$', missing: { '*': 'NA' } };
    const { rows } = await load(
      'transactionId;scheme;reasonCode;reportedAt;status;amount\na;visa;10.4;2025-05-01;NA;$1.234,50\n',
      map,
    );
    assert.deepEqual([rows[0].amount, rows[0].status, rows[0].kind], [1234.5, 'open', 'dispute']);
    assert.deepEqual(told.toSorted(), [
      'Rows that leave currency open: 1. Their amounts are in the currency of the payment.',
      'Rows that leave kind open: 1. Each is a dispute.',
      'Rows that leave status open: 1. Each is open.',
      'Rows with times without an offset, which are taken as of UTC: 1.',
    ]);
    await assert.rejects(
      load('transactionId,scheme,reasonCode,reportedAt,staus\n'),
      /"staus" looks like the field status/,
    );
  });

  test('lines of JSON that are no UTF-8 are told of by their line, and one ends where JSON ends it', async () => {
    const path = join(folder, 'told.jsonl');
    const line = (note: string) =>
      Buffer.from(
        `${JSON.stringify({ transactionId: 'a', label: { label: 'fraud', source: 'customer', note } })}\n`,
        note === 'Zürich' ? 'latin1' : 'utf8',
      );
    writeFileSync(path, Buffer.concat([line('one\u2028line'), line('Zürich'), line('Zürich \u00fc')]));
    const { lines, faults: bad } = await readTellings(path, { numbers: 'allow', token: (digits) => digits });
    assert.deepEqual(
      lines.map(({ line: at, body }) => [at, body.note]),
      [
        [1, 'one\u2028line'],
        [3, 'Zürich \u00fc'],
      ],
    );
    assert.deepEqual(
      bad.map(({ line: at, message }) => [at, /no UTF-8/.test(message)]),
      [[2, true]],
    );
  });
});
