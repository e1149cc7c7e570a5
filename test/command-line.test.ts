import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call } from './support/app.ts';
import { assay } from './support/command.ts';
import { startServer } from './support/process.ts';

describe('the command line', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('binding to another address without a key is refused, with the way out', async () => {
    const { code, error } = await assay(['serve', '--port', '0', '--data-dir', join(folder, 'open')], {
      HOST: '0.0.0.0',
    });
    assert.equal(code, 1);
    assert.match(error, /assay keys create/);
    assert.match(error, /API_KEY/);
  });

  test('what is not there is said in a line, and nothing is made in its place', async () => {
    const nowhere = join(folder, 'nowhere');
    const none = join(folder, 'none.csv');
    const file = join(folder, 'file');
    const astray = join(folder, 'astray');
    writeFileSync(file, '');
    symlinkSync(nowhere, astray);
    for (const [words, said] of [
      [['replay', none, '--data-dir', nowhere], `There is no file ${none}.`],
      [['backtest', '--rules', none, '--data-dir', nowhere], `There is no file ${none}.`],
      [['inspect', folder], 'A folder stands where a file is needed.'],
      [['backtest', '--data-dir', nowhere], `${nowhere} has no journal: --data-dir says where it is.`],
      [['explain', 'p1', '--data-dir', nowhere], `${nowhere} has no journal: --data-dir says where it is.`],
      [
        ['explain', 'p1', '--person', '--data-dir', nowhere],
        'A letter tells what became of the payment, too: start the server, and ask again.',
      ],
      [['keys', 'list', '--data-dir', nowhere], `${nowhere} has no journal: --data-dir says where it is.`],
      [['upgrade', '--check', '--data-dir', nowhere], `There is no folder ${nowhere}: --data-dir says where it is.`],
      [['generate', '--transactions', '1', '--out', join(nowhere, 'g.csv')], `There is no folder ${nowhere}.`],
      [
        ['replay', file, '--data-dir', nowhere, '--model', nowhere],
        `no model in ${nowhere}: ${nowhere}/model.json does not exist`,
      ],
      [['journal', 'verify', '--data-dir', nowhere], `${nowhere} has no journal: --data-dir says where it is.`],
      [
        ['keys', 'create', '--scope', 'read', '--data-dir', join(file, 'data')],
        `No folder can be made at ${file}/data/journal: something else stands there or above it.`,
      ],
      [
        ['keys', 'create', '--scope', 'read', '--data-dir', astray],
        `No folder can be made at ${astray}: something else stands there or above it.`,
      ],
      [['mcp', '--url', 'nonsense'], 'nonsense is no address such as http://127.0.0.1:3000'],
    ] as const) {
      const { code, error } = await assay([...words]);
      assert.deepEqual([code, error], [1, `assay: ${said}\n`], words.join(' '));
    }
    assert.equal(existsSync(nowhere), false);
  });

  test('history is replayed into a data directory once, then through the server that holds it', async () => {
    const dataDir = join(folder, 'data');
    const file = join(folder, 'history.csv.gz');
    const generated = await assay(['generate', '--transactions', '400', '--seed', '3', '--out', file]);
    assert.equal(generated.code, 0, generated.error);
    const first = await assay(['replay', file, '--data-dir', dataDir, '--json']);
    assert.equal(first.code, 0, first.error);
    const told = JSON.parse(first.out);
    assert.equal(told.transactions, 400);
    assert.equal(told.repeated, 0);

    const server = await startServer(dataDir, { READ_WAIT_MS: '60000' });
    try {
      const listed = await call(server.url, 'GET', '/api/transactions/stats?window=8760h');
      assert.equal(listed.status, 200, JSON.stringify(listed.body));
      assert.equal(listed.body.count, 400);
      const refused = await assay(['replay', file, '--data-dir', dataDir, '--json']);
      assert.equal(refused.code, 1, refused.out);
      assert.match(refused.error, /nothing was written: a server \(process \d+, http.*\) holds the data directory/);
      const again = await assay(['replay', file, '--data-dir', dataDir, '--live', '--json']);
      assert.equal(again.code, 0, again.error);
      assert.equal(JSON.parse(again.out).repeated, 400);

      const made = await assay(['keys', 'create', '--scope', 'read', '--data-dir', dataDir, '--json']);
      assert.equal(made.code, 0, made.error);
      const { id, secret } = JSON.parse(made.out);
      const headers = { 'x-api-key': secret };
      assert.equal((await call(server.url, 'GET', '/api/transactions')).status, 401);
      assert.equal((await call(server.url, 'GET', '/api/transactions', undefined, headers)).status, 200);
      const gone = await assay(['keys', 'revoke', id, '--data-dir', dataDir, '--json']);
      assert.deepEqual([gone.code, JSON.parse(gone.out)], [0, { id, revoked: true }]);
      assert.equal((await call(server.url, 'GET', '/api/transactions', undefined, headers)).status, 401);
    } finally {
      assert.equal(await server.stop(), 0, server.output());
    }
    const listed = await assay(['keys', 'list', '--data-dir', dataDir, '--json']);
    assert.equal(JSON.parse(listed.out).length, 1);
  });

  test('mistakes are told with their place, and exit with 1', async () => {
    const nowhere = await assay(['train', join(folder, 'none.csv'), '--out', folder]);
    assert.deepEqual([nowhere.code, /There is no file/.test(nowhere.error)], [1, true]);
    const odd = await assay(['keys', 'create', '--scope', 'everything']);
    assert.deepEqual([odd.code, /not a scope/.test(odd.error)], [1, true]);
    const unknown = await assay(['conjure']);
    assert.equal(unknown.code, 1);
  });
});
