import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { misspeltSettings, SETTINGS } from './settings.ts';

const root = join(import.meta.dirname, '..', '..');
const textOf = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');

test('every setting that the code reads is one, is read, and stands in the documents', () => {
  const code = textOf('src/{config.ts,cli/*.ts}');
  const read = [...code.matchAll(/\benv(?:\.|, ')([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name);
  const others = /^(AWS_|OTEL_|NODE_)/;
  const missing = [...new Set(read)].filter((name) => !others.test(name) && !SETTINGS.includes(name));
  assert.deepEqual(missing, []);
  const documents = textOf('{README.md,docs/*.md}');
  for (const name of SETTINGS) {
    assert.match(code, new RegExp(`\\b${name}\\b`), `${name} is read nowhere`);
    assert.match(documents, new RegExp(`\`${name}\\b|\\b${name}=`), `${name} is documented nowhere`);
  }
});

test('a misspelt setting is told with the right name; what belongs to others is not', () => {
  const rows: [Record<string, string>, string[]][] = [
    [{ DATABASE_URI: 'x' }, ['DATABASE_URI is set, and is no setting: DATABASE_URL is.']],
    [{ KAFKA_BROKER: 'x' }, ['KAFKA_BROKER is set, and is no setting: KAFKA_BROKERS is.']],
    [{ RATELIMIT_MAX: '5' }, ['RATELIMIT_MAX is set, and is no setting: RATE_LIMIT_MAX is.']],
    [{ base_currency: 'EUR' }, ['base_currency is set, and is no setting: BASE_CURRENCY is.']],
    [{ CARD_NUMBER: 'allow' }, ['CARD_NUMBER is set, and is no setting: CARD_NUMBERS is.']],
    [{ ASSAY_MODELS: 'x' }, ['ASSAY_MODELS is set, and is no setting.']],
    [{ ASSAY_DATADIR: 'x' }, ['ASSAY_DATADIR is set, and is no setting: ASSAY_DATA_DIR is.']],
    // Both spellings, of which one is for another program, or nothing.
    [{ DATABASE_URI: 'x', DATABASE_URL: 'x' }, []],
    [{ DATABASE_URI: '' }, []],
    [{ HOSTS: 'x', POST: 'x', HOME: '/root', npm_config_cache: 'x', SSH_TTY: 'x', LC_ALL: 'C', HOST_NAME: 'x' }, []],
    [{ ASSAY_SERVICE_HOST: 'x', ASSAY_PORT: 'x', ASSAY_PORT_3000_TCP: 'x', DATABASE_PORT: 'x' }, []],
    [Object.fromEntries(SETTINGS.map((name) => [name, 'x'])), []],
  ];
  for (const [env, told] of rows) assert.deepEqual(misspeltSettings(env), told, JSON.stringify(env));
});
