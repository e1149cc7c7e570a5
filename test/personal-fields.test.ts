import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILES } from '../src/api/contract/names.ts';
import { isPersonal } from '../src/domain/fields.ts';
import { PERSONAL_PARTS } from '../src/domain/personal.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema.
type Schema = any;

/** Where texts of the contract go: into the record of a type, under a name that an erasure takes away. */
const IN_RECORDS: Readonly<Record<string, readonly [type: string, part: 'personal' | 'data', name: string]>> = {
  'LabelBody.note': ['label', 'data', 'note'],
  'FinalizeBody.reason': ['finalize', 'data', 'reason'],
  'ReviewBody.reason': ['review', 'personal', 'reason'],
  'CommentBody.text': ['case', 'personal', 'text'],
  'CaseBulkBody.text': ['case', 'personal', 'text'],
  'CaseBulkBody.note': ['case', 'personal', 'note'],
  'EntityNoteBody.text': ['entity', 'personal', 'text'],
  'ResolveBody.note': ['case', 'personal', 'note'],
  'UserBody.name': ['user.create', 'personal', 'name'],
  'UserBody.email': ['user.create', 'personal', 'email'],
  'ErasureBody.userId': ['erasure', 'personal', 'userId'],
  'ErasureBody.email': ['erasure', 'personal', 'email'],
  'ErasureBody.cardId': ['erasure', 'personal', 'cardId'],
  'ErasureBody.deviceId': ['erasure', 'personal', 'deviceId'],
  'ErasureBody.ip': ['erasure', 'personal', 'ip'],
  'ErasureBody.reason': ['erasure', 'personal', 'reason'],
};

const PSEUDONYM = 'an id: it stays as a pseudonym';
const OWN = 'the organisation’s own: rules, lists, models, keys and receivers';
const WORD = 'a word of the shop or of a scheme, of which many share one';
const UNSTORED = 'scored and not recorded';

/** Why a text is not personal; a name with a star stands for all that begin so. */
const NOT_PERSONAL: Readonly<Record<string, string>> = {
  ...{ 'TransactionBody.id': PSEUDONYM, 'TransactionBody.userId': PSEUDONYM, 'TransactionBody.merchantId': PSEUDONYM },
  ...{
    'TransactionBody.cardId': PSEUDONYM,
    'TransactionBody.deviceId': PSEUDONYM,
    'TransactionBody.payeeId': PSEUDONYM,
  },
  ...{ 'TransactionBody.productCategory': WORD, 'TransactionBody.channel': WORD, 'TransactionBody.cardBrand': WORD },
  ...{ 'TransactionBody.cardFunding': WORD, 'TransactionBody.instrument': WORD, 'TransactionBody.cardBin': WORD },
  ...{ 'TransactionBody.mcc': WORD, 'TransactionBody.currency': WORD, 'TransactionBody.country': WORD },
  ...{ 'TransactionBody.cardCountry': WORD, 'TransactionBody.transactionDate': 'a time' },
  ...{ 'DisputeBody.*': 'ids, codes and times of the scheme', 'EventBody.*': 'codes and times of the processor' },
  ...{ 'LabelBody.occurredAt': 'a time', 'LabelBody.reasonCode': 'a code of the scheme' },
  ...{ 'FinalizeBody.tempId': PSEUDONYM, 'UserBody.id': PSEUDONYM, 'TransactionBody.transactionId': PSEUDONYM },
  ...{ 'CaseBulkBody.ids[]': PSEUDONYM, 'CaseBulkBody.into': PSEUDONYM, 'MergeBody.into': PSEUDONYM },
  ...{ 'ResolveBody.except[]': PSEUDONYM },
  ...{ 'AssignBody.assignee': 'who works on it', 'CaseBulkBody.assignee': 'who works on it' },
  ...{
    'StatelessBody.*': UNSTORED,
    'BacktestBody.*': OWN,
    'PreviewBody.*': OWN,
    'CheckBody.*': OWN,
    'RuleBody.*': OWN,
  },
  ...{ 'ListBody.*': OWN, 'EntriesBody.*': OWN, 'ModelUploadBody.*': OWN, 'PromoteBody.*': OWN, 'KeyBody.*': OWN },
  ...{ 'SessionBody.*': 'a key, which is never recorded', 'WebhookBody.*': OWN, 'ViewBody.*': OWN },
  ...{ 'QueueBody.*': OWN, 'QueueChangeBody.*': OWN, 'NextCaseBody.*': 'who works on it, and a queue' },
  ...{ 'TemplateBody.*': OWN, 'TemplateChangeBody.*': OWN, 'AbsenceBody.*': 'a time' },
  ...{ 'ResolveBody.reason': 'a word of a set', 'CaseBulkBody.reason': 'a word of a set' },
};

/** Bodies that hold transactions, by what leads to them: their fields are those of `TransactionBody`. */
const OF_TRANSACTIONS = /^(?:AmendmentBody\.|ScoreBody\.|BatchBody\.transactions\[\]\.)/;

/** Every text, and every object whose names are free, that a body of the contract may hold. */
function textsOf(name: string, schema: Schema): string[] {
  const found: string[] = [];
  const walk = (one: Schema, path: string): void => {
    if (typeof one !== 'object' || one === null) return;
    for (const branch of [...(one.anyOf ?? []), ...(one.allOf ?? [])]) walk(branch, path);
    if ([one.type].flat().includes('string') && !one.enum && one.const === undefined) found.push(path);
    if (one.items) walk(one.items, `${path}[]`);
    for (const [field, inner] of Object.entries(one.properties ?? {})) walk(inner, `${path}.${field}`);
    for (const inner of Object.values(one.patternProperties ?? {})) walk(inner, `${path}.*`);
    if (one.type === 'object' && !one.properties && !one.patternProperties) found.push(path);
  };
  walk(schema, name);
  return [...new Set(found)];
}

test('every text that a body of the contract may hold is in the table of what is personal, or named as not', () => {
  const texts = Object.values(FILES).flatMap((file) =>
    Object.entries(file).flatMap(([name, schema]) => (/Body$/.test(name) ? textsOf(name, schema) : [])),
  );
  assert.ok(texts.length > 100, `${texts.length} texts`);
  const used = new Set<string>();
  for (const text of texts) {
    const path = text.replace(OF_TRANSACTIONS, 'TransactionBody.');
    const [, field = ''] = /^TransactionBody\.(\w+)/.exec(path) ?? [];
    const place = IN_RECORDS[path];
    if (isPersonal(field)) {
      const { personal = [] } = PERSONAL_PARTS.decision;
      assert.ok(personal === 'all' || personal.includes(field), `${field} is personal and stays in a record`);
    } else if (place) {
      const [type, part, name] = place;
      const parts = PERSONAL_PARTS[type][part] ?? [];
      assert.ok(parts === 'all' || parts.includes(name), `${path} goes into ${type}, and ${name} stays there`);
      used.add(path);
    } else {
      const why = [path, `${path.split('.')[0]}.*`].find((name) => NOT_PERSONAL[name] !== undefined);
      assert.ok(why, `${path}: is it personal? Enter it in domain/personal.ts and here, or say here why not`);
      used.add(why);
    }
  }
  const names = [...Object.keys(IN_RECORDS), ...Object.keys(NOT_PERSONAL)];
  assert.deepEqual(
    names.filter((name) => !used.has(name)),
    [],
    'nothing is named that is not there',
  );
});
