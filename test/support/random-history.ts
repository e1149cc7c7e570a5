import type { JournalEntry } from '../../src/journal/journal.ts';
import { decision, intake, T0 } from './records.ts';

const CODES = ['user_count_1h', 'card_sum_1d', 'amount', 'ip_users_1d'];

/** A history of every record type over few ids, so that they meet: a function of the seed. */
export function randomHistory(seed: number, length: number): JournalEntry[] {
  const random = generator(seed);
  const int = (below: number) => Math.floor(random() * below);
  const pick = <T>(values: readonly T[]): T => values[int(values.length)];
  const entries: JournalEntry[] = [];
  for (let index = 0; index < length; index++) {
    const at = T0 + index * 20 + int(40);
    const outcome = pick(['approve', 'approve', 'review', 'decline'] as const);
    const payment = {
      ...{
        id: `t${int(length)}`,
        at,
        userId: random() < 0.4 ? `u${int(4)}` : `v${int(length)}`,
        amount: int(100_000) / 100,
        currency: pick(['USD', 'EUR', 'AED']),
        country: ['FR', 'US', undefined][index % 3],
      },
      ...{ decision: outcome, score: { approve: 0, review: 40, decline: 70 }[outcome] + int(31) },
      deviceId: random() < 0.3 ? `d${int(9)}` : undefined,
      ...{
        latencyMs: int(3000) / 1000,
        cardId: random() < 0.3 ? `c${int(9)}` : undefined,
        email: `p${int(5)}@m${int(3)}.co`,
        ip: random() < 0.3 ? `10.0.0.${int(9)}` : undefined,
      },
      reasons: CODES.filter(() => random() < 0.5).map((code) => ({ code, contribution: random() - 0.4 })),
    };
    const transactionId = `t${int(length)}`;
    const user = { userId: `u${int(6)}` };
    const person = { name: `n${int(3)}`, email: `P${int(6)}@x.co` };
    const entry = (type: JournalEntry['type'], data: Record<string, unknown>, personal?: Record<string, unknown>) => ({
      ...{ type, at, key: `${type === 'failed' ? 'x' : 'c'}:${seed}.${index}`, data, personal },
    });
    const seen = { caseId: pick(opened(entries)), version: 1 + int(3) };
    const acts = [
      { ...seen, action: 'assign', assignee: pick([null, 'ann', 'bob']) },
      { caseId: seen.caseId, action: 'comment' },
      { ...seen, action: 'resolve', resolution: pick(['fraud', 'legitimate', 'unsure']), by: 'key_1' },
    ];
    const kinds: [number, () => JournalEntry][] = [
      [0.5, () => decision(payment)],
      [0.57, () => intake(payment)],
      [0.62, () => decision({ ...payment, id: transactionId }, `d:${transactionId}`)],
      [0.64, () => entry('failed', { transactionId, error: 'no model' })],
      [
        0.7,
        () =>
          entry('label', {
            labelId: `l${index}`,
            transactionId,
            label: pick(['fraud', 'legitimate']),
            source: 'analyst',
            ...(random() < 0.3 ? { caseId: seen.caseId } : {}),
          }),
      ],
      ...lifeKinds(index, random, at, entry),
      [0.815, () => entry('case', pick(acts), { text: 'seen', note: 'known' })],
      [0.87, () => entry('finalize', { transactionId, override: random() < 0.3, reason: 'knows' })],
      [
        0.89,
        () =>
          entry(
            'amend',
            { transactionId, changes: { amount: int(500), cardId: null, channel: ['app', 'web'][index % 2] } },
            { email: 'z@new.co' },
          ),
      ],
      [0.91, () => entry('delete', { transactionId })],
      [0.94, () => entry('user.create', user, person)],
      [0.97, () => entry('user.update', user, person)],
      [0.99, () => entry('user.delete', user)],
      [1, () => entry('key.revoke', { keyId: 'k' })],
    ];
    const draw = random();
    entries.push(kinds.find(([below]) => draw < below)![1]());
  }
  return entries;
}

/** What is told of a payment later: labels with ranks, withdrawals, events, disputes and what became of a hold. */
function lifeKinds(
  index: number,
  random: () => number,
  at: number,
  entry: (
    type: JournalEntry['type'],
    data: Record<string, unknown>,
    personal?: Record<string, unknown>,
  ) => JournalEntry,
): [number, () => JournalEntry][] {
  const int = (below: number) => Math.floor(random() * below);
  const pick = <T>(values: readonly T[]): T => values[int(values.length)];
  // Few payments, so that much is told of each.
  const told = () => ({ transactionId: `t${int(40)}` });
  const rank = { chargeback: 3, analyst: 2, customer: 1 };
  const source = pick(['chargeback', 'analyst', 'customer'] as const);
  const ranked = { labelId: `r${index}`, source, rank: random() < 0.1 ? 4 : rank[source] };
  const dated = random() < 0.5 ? { occurredAt: at - int(3) * 1_000 } : {};
  return [
    [0.72, () => entry('label', { ...told(), ...ranked, ...dated, label: pick(['fraud', 'legitimate']) })],
    [0.73, () => entry('label.withdraw', { ...told(), ...ranked, ...dated, label: 'none' })],
    [
      0.75,
      () => {
        const [reasonCode, status] = [pick(['10.4', '13.1']), pick(['open', 'won', 'lost', 'reversed'])];
        const says = reasonCode === '10.4' && (status === 'open' || status === 'lost') ? 'fraud' : 'none';
        const facts = { kind: 'dispute', scheme: 'visa', reasonCode, status, label: says, rank: 3 };
        return entry('dispute', { ...told(), ...facts, disputeId: pick(['d', 'e']), reportedAt: at - int(3) * 1_000 });
      },
    ],
    [
      0.775,
      () => {
        const type = pick(['authorized', 'refused', 'settled', 'voided', 'refunded']);
        const part = random() < 0.4 ? { amount: int(500), amountMinor: int(50_000) } : {};
        return entry('event', { ...told(), eventId: `e${index}`, type, at: at - int(4) * 1_000, ...part });
      },
    ],
    [0.785, () => entry('review', { ...told(), action: pick(['release', 'cancel']) }, { reason: 'known' })],
  ];
}

/** Ids of cases that may have been opened by now: those of alerts. */
function opened(entries: JournalEntry[]): string[] {
  const ids = entries.flatMap(({ type, data }, index) =>
    type === 'decision' && (data.decision as { decision: string }).decision !== 'approve' ? [`case_${index + 1}`] : [],
  );
  return ids.length > 0 ? ids.slice(-40) : ['case_0'];
}

/** mulberry32 (T. Ettinger, public domain). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
