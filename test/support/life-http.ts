/** What is told of payments by a client over HTTP. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { TELLINGS, type TellingKind } from '../../src/intake/telling.ts';
import { call } from './app.ts';
import { type Payment, shown, type Told } from './life-oracle.ts';

const DAY = 86_400_000;

/** Rules that decide a payment as it is wished: by its merchant. */
export async function decideByMerchant(url: string): Promise<void> {
  for (const outcome of ['approve', 'review', 'decline']) {
    const when = `tx.merchantId == "m-${outcome}"`;
    const rule = { id: `to-${outcome}`, name: `To ${outcome}`, when, outcome, mode: 'live', priority: 10 };
    const { status, body } = await call(url, 'POST', '/api/rules', rule);
    assert.equal(status, 201, JSON.stringify(body));
  }
}

/** A payment of a person and a device of its own, at the merchant who has it decided so. */
export function bodyOf({ id, decision, time }: Payment) {
  const transactionDate = new Date(time).toISOString();
  return { id, userId: `u-${id}`, merchantId: `m-${decision}`, amount: 100, transactionDate };
}

/** What is told, as a message or a line of a file has it; undefined for what is asked for rather than told. */
export function lineOf({ id, time }: Payment, told: Told): Record<TellingKind, object> | undefined {
  const moment = (day: number) => new Date(time + day * DAY).toISOString();
  const line = (kind: TellingKind, body: object) => ({ transactionId: id, [kind]: body }) as never;
  switch (told.what) {
    case 'label':
    case 'withdraw': {
      const label = told.what === 'label' ? told.label : 'none';
      const pinned = told.rank === 4 ? { pinned: true } : {};
      const occurred = told.day === undefined ? {} : { occurredAt: moment(told.day) };
      return line('label', { label, source: told.source, ...pinned, ...occurred });
    }
    case 'dispute': {
      const { id: dispute, fraud, status, day } = told;
      const facts = { kind: 'dispute', scheme: 'visa', reasonCode: fraud ? '10.4' : '13.1', status };
      return line('dispute', { id: dispute, ...facts, reportedAt: moment(day) });
    }
    case 'event':
      return line('event', {
        ...{ type: told.type, at: moment(told.day) },
        ...(told.part === undefined ? {} : { amount: told.part }),
      });
    default:
      return undefined;
  }
}

/** Tells it; a payment that is gone has nothing told of it, and what cannot be done is refused. */
export async function tell(
  url: string,
  payment: Payment,
  told: Told,
  headers: Record<string, string> = {},
): Promise<number> {
  const { id } = payment;
  const post = (what: string, body: object) => call(url, 'POST', `/api/transactions/${id}/${what}`, body, headers);
  let answer = await send();
  // As a client does: again, under the same key.
  for (let again = 0; answer.status === 503 && again < 60; again++) {
    await sleep(500);
    answer = await send();
  }
  const expected = { label: [201], withdraw: [201], dispute: [201], event: [201], review: [200, 409] };
  const fine = [404, ...({ ...expected, finalize: [200, 409], delete: [204] } as Record<string, number[]>)[told.what]];
  assert.ok(fine.includes(answer.status), `${JSON.stringify(told)}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.status;

  function send() {
    const line = lineOf(payment, told);
    const kind = line && TELLINGS.find((each) => each in line);
    if (kind) return post(`${kind}s`, line[kind]);
    switch (told.what) {
      case 'review':
        return post('review', { action: told.action, reason: 'seen' });
      case 'finalize':
        return call(url, 'POST', '/api/transactions/finalize', { tempId: id, override: told.override }, headers);
      case 'delete':
        return call(url, 'DELETE', `/api/transactions/${id}`, undefined, headers);
      default:
        throw new Error(`nobody tells ${told.what} so`);
    }
  }
}

/** What a read shows; undefined where it is gone. */
export async function read(url: string, { id }: Payment) {
  let { status, body } = await call(url, 'GET', `/api/transactions/${id}`);
  // A database that is still reading the log says so, and is asked again.
  for (; status === 503; await sleep(100)) ({ status, body } = await call(url, 'GET', `/api/transactions/${id}`));
  if (status === 404) return undefined;
  assert.equal(status, 200, JSON.stringify(body));
  return shown(body);
}

/** What a client of today can say, at a time when it is no news from the future: `telling` is recorded so many days after. */
export function sayable(tellings: readonly Told[], daysAfter: (telling: number) => number): Told[] {
  return tellings
    .filter((told) => told.what !== 'label' || told.rank !== undefined)
    .map((told, telling) =>
      'day' in told && told.day !== undefined ? { ...told, day: Math.min(told.day, daysAfter(telling)) } : told,
    );
}
