import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FileError, parseCsv, type ReadOptions, readCsv } from './csv.ts';

async function parse(text: string, options: ReadOptions & { cut?: number } = {}) {
  const bytes = Buffer.from(text);
  const cut = options.cut ?? bytes.length;
  const chunks: Buffer[] = [];
  for (let i = 0; i < bytes.length; i += cut) chunks.push(bytes.subarray(i, i + cut));
  let names: string[] = [];
  const rows: string[][] = [];
  const lines: number[] = [];
  const summary = await parseCsv(
    chunks,
    {
      header: (header) => {
        names = header;
      },
      row: (fields, line) => {
        if (fields[0] === 'bad') throw new Error('a bad row');
        rows.push(fields.slice(0, names.length));
        lines.push(line);
      },
    },
    options,
  );
  return { names, rows, lines, summary };
}

test('quotes, doubled quotes, newlines in quotes, CRLF, a byte order mark, blank lines, no newline at the end', async () => {
  const text = '\uFEFFa,b,c\r\n1,"x, ""y""",3\r\n\r\n"","multi\nline",é\n,,\n7,8,"9"';
  for (let cut = 1; cut <= text.length + 4; cut++) {
    const { names, rows, lines, summary } = await parse(text, { cut });
    assert.deepEqual(names, ['a', 'b', 'c']);
    assert.deepEqual(rows, [
      ['1', 'x, "y"', '3'],
      ['', 'multi\nline', 'é'],
      ['', '', ''],
      ['7', '8', '9'],
    ]);
    assert.deepEqual(lines, [2, 4, 6, 7], `cut in ${cut}`);
    assert.deepEqual(summary, { rows: 4, errors: 0 });
  }
});

test('what is written is read, however it is cut', async () => {
  const field = fc.stringMatching(/^[a-z,"\n\r é]{0,6}$/);
  const quote = (text: string) => (/[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, field, field), { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (table, end, cut, closed) => {
        const rows = table.filter(([first]) => first.trim() !== 'bad');
        const text = [['h', 'i', 'j'], ...rows].map((row) => row.map(quote).join(',')).join(end) + (closed ? end : '');
        const bare = rows.map((row) => row.map((cell) => (quote(cell) === cell ? cell.trim() : cell)));
        assert.deepEqual((await parse(text, { cut })).rows, bare);
      },
    ),
    { numRuns: 200 },
  );
});

test('blanks around names and cells are left out and counted, around quotes too, and within them only of names', async () => {
  const table: [line: string, cells: string[], trimmed: number][] = [
    ['1, 2 ,\t3', ['1', '2', '3'], 2],
    ['1,"2, x","3"', ['1', '2, x', '3'], 0],
    ['1, "2, x", "say ""3"""', ['1', '2, x', 'say "3"'], 0],
    ['"1"  ,2,"3" ', ['1', '2', '3'], 0],
    ['1," 2 ",\u00a03', ['1', ' 2 ', '3'], 1],
    ['one two , , ', ['one two', '', ''], 1],
    ['5" pipe,6 "7",8', ['5" pipe', '6 "7"', '8'], 0],
  ];
  for (const [line, cells, trimmed] of table)
    for (const cut of [1, 2, 100]) {
      let told = 0;
      const say = (text: string) => {
        told = Number.parseInt(text, 10);
      };
      const { names, rows } = await parse(` a, " b" ,c\r\n  \r\n${line}\r\n`, { cut, say });
      assert.deepEqual(names, ['a', 'b', 'c']);
      assert.deepEqual(rows, [cells], line);
      assert.equal(told, trimmed + 1, line);
    }
});

test('errors name the line, and as many as allowed are skipped', async () => {
  const text = 'a,b\n1,2\n"x\ny",2\nbad,0\n3\n4,5\n';
  await assert.rejects(parse(text), /line 5: a bad row/);
  await assert.rejects(parse(text, { maxErrors: 1 }), /line 6: 1 fields where the header has 2/);
  const skipped: (number | undefined)[] = [];
  const { rows, summary } = await parse(text, { maxErrors: 2, onError: (error) => skipped.push(error.line) });
  assert.deepEqual(rows.length, 3);
  assert.deepEqual(summary, { rows: 3, errors: 2 });
  assert.deepEqual(skipped, [5, 6]);
  await assert.rejects(parse('a,b\n1,"2\n3,4'), /line 2: a quoted field is not closed/);
  await assert.rejects(parse('a,b\n1,"2"x\n'), /line 2: a quoted field goes on/);
});

test('files: gzipped or not, with progress; an absent or damaged one is an error', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-csv-'));
  t.after(() => rm(folder, { recursive: true }));
  const text = `a,b\n${'12,34\n'.repeat(100_000)}`;
  await writeFile(join(folder, 'f.csv'), text);
  await writeFile(join(folder, 'f.csv.gz'), gzipSync(text));
  await writeFile(join(folder, 'cut.csv.gz'), gzipSync(text).subarray(0, 500));
  for (const name of ['f.csv', 'f.csv.gz']) {
    let sum = 0;
    let [read, total] = [0, 1];
    const handler = { header: () => {}, row: (fields: string[]) => void (sum += Number(fields[1])) };
    const onProgress = (bytes: number, size: number) => void ([read, total] = [bytes, size]);
    assert.deepEqual(await readCsv(join(folder, name), handler, { onProgress }), { rows: 100_000, errors: 0 });
    assert.equal(sum, 3_400_000);
    assert.equal(read, total);
  }
  const nothing = { header: () => {}, row: () => {} };
  await assert.rejects(readCsv(join(folder, 'cut.csv.gz'), nothing), /cut off/);
  await assert.rejects(readCsv(join(folder, 'none.csv'), nothing), /ENOENT/);
  await writeFile(join(folder, 'wrong.csv'), 'a,b\n1\n');
  const failure = await readCsv(join(folder, 'wrong.csv'), nothing).catch((error) => error);
  assert.ok(failure instanceof FileError);
  assert.match(failure.message, /wrong\.csv, line 2: 1 fields/);
});

test('other separators are found by the header, however it is cut', async () => {
  for (const separator of [';', '\t', '|'])
    for (const cut of [1, 3, 100]) {
      const text = `\uFEFF\n"a,x,y,z"${separator}b${separator}c\r\n1${separator}"2${separator}\n,"${separator}3,5\n`;
      const { names, rows } = await parse(text, { cut });
      assert.deepEqual(names, ['a,x,y,z', 'b', 'c'], JSON.stringify(separator));
      assert.deepEqual(rows, [['1', `2${separator}\n,`, '3,5']]);
    }
});

test('UTF-16, an empty file and broken gzip are named, and not read as a column of a strange name', async () => {
  assert.deepEqual((await parse('a;b,c\n1,2\n')).names, ['a;b', 'c']);
  const folder = await mkdtemp(join(tmpdir(), 'assay-csv-'));
  const handler = { header: () => {}, row: () => {} };
  const gz = gzipSync('a,b\n1,2\n');
  try {
    for (const [name, bytes, said] of [
      ['wide.csv', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), /wide\.csv, line 1: This is UTF-16/],
      ['empty.csv', Buffer.alloc(0), /empty\.csv is empty/],
      ['plain.csv.gz', Buffer.from('a,b\n'), /plain\.csv\.gz is called \.gz/],
      ['cut.csv.gz', gz.subarray(0, gz.length - 9), /cut\.csv\.gz ends in the middle/],
    ] as const) {
      await writeFile(join(folder, name), bytes);
      await assert.rejects(readCsv(join(folder, name), handler), said);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('files as people have them: read as what they are, or refused in words', async () => {
  const rows = 'a;b\n1;caf\u00e9\n2;x\n';
  const table: [what: string, bytes: Buffer, expected: string[][] | RegExp][] = [
    [
      'a line that says what separates',
      Buffer.from(`sep=;\r\n${rows}`),
      [
        ['a', 'b'],
        ['1', 'caf\u00e9'],
        ['2', 'x'],
      ],
    ],
    [
      'such a line behind a mark',
      Buffer.from('\ufeffsep=|\nx,y|z\n1,2|3\n'),
      [
        ['x,y', 'z'],
        ['1,2', '3'],
      ],
    ],
    ['another encoding', Buffer.from(rows, 'latin1'), /line 2: "caf\ufffd" holds bytes that are no UTF-8/],
    [
      'damage that was done before',
      Buffer.from('a,b\n1,caf\ufffd\n'),
      [
        ['a', 'b'],
        ['1', 'caf\ufffd'],
      ],
    ],
    ['a last letter that was cut', Buffer.from('a,b\n1,caf\u00e9').subarray(0, -1), /no UTF-8/],
    ['lines that end in returns', Buffer.from('a,b\r1,2\r3,4\r'), /carriage returns alone/],
    ['gzip by another name', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), /This is gzip/],
    ['a workbook', Buffer.from('PK\x03\x04\0\0'), /workbook/],
  ];
  for (const [what, bytes, expected] of table) {
    // Whole, and cut anywhere.
    for (const cut of [bytes.length, 1, 8, 13]) {
      const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0);
      const got: string[][] = [];
      const handler = {
        header: (names: string[]) => got.push(names),
        row: (cells: string[]) => got.push(cells.slice()),
      };
      if (expected instanceof RegExp)
        await assert.rejects(parseCsv(chunks, handler), expected, `${what}, cut at ${cut}`);
      else {
        await parseCsv(chunks, handler);
        assert.deepEqual(
          got.map((cells) => cells.slice(0, 2)),
          expected,
          `${what}, cut at ${cut}`,
        );
      }
    }
  }
});
