import type { RecordType } from '../journal.ts';

/**
 * What stays of each type of record when its segment is cut out of the log: the record, or only that its names are taken. What
 * happened to single payments goes: profiles have it from the snapshot, people from the database. What the whole state is made of
 * stays: whoever folds the log from its start finds keys, models, policy, users and webhooks as they are.
 */
export const STAYS: Readonly<Record<RecordType, boolean>> = {
  decision: false,
  intake: false,
  failed: false,
  label: false,
  'label.withdraw': false,
  finalize: false,
  amend: false,
  delete: false,
  narrative: false,
  case: false,
  event: false,
  dispute: false,
  review: false,
  audit: false,
  void: false,
  drift: false,
  'webhook.told': false,
  'user.create': true,
  'user.update': true,
  'user.delete': true,
  'key.create': true,
  'key.revoke': true,
  'model.promote': true,
  'model.shadow': true,
  'model.keep': true,
  'model.canary': true,
  'webhook.create': true,
  'webhook.update': true,
  'webhook.delete': true,
  'webhook.resume': true,
  'policy.rule': true,
  'policy.thresholds': true,
  'policy.control': true,
  'policy.restore': true,
  'policy.list': true,
  'policy.entries': true,
  view: true,
  erasure: true,
  'erasure.done': true,
};
