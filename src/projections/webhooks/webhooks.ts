import type { Clock } from '../../domain/clock.ts';
import { AssayError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import { createOutage } from '../../domain/outage.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import type { CommandAnswer } from '../command-answer.ts';
import { SLOTS } from '../feed-events.ts';
import type { Log } from '../log.ts';
import type { Projector } from '../projector.ts';
import type { QueryStore } from '../store.ts';
import { type Follower, follow } from './follower.ts';
import type { RetryOptions } from './retry.ts';
import { type Attempt, isDelivered, type WebhookSender } from './sender.ts';
import { signed } from './signature.ts';
import { sleep } from './sleep.ts';
import type { HeldWebhook } from './store.ts';
import { createTail } from './tail.ts';

/** Tells webhooks of events: each from its place in the log, one process of a fleet each. */
export interface Webhooks {
  start(): void;
  /** Whether the URL may be called, as far as its text says. */
  allows(url: URL): boolean;
  /** Sends an event of type `webhook.test` once; undefined where there is no such webhook. */
  test(id: string): Promise<Attempt | undefined>;
  stats(): WebhookStats;
  /** Brings what is under way to its end, within a few seconds, and lets the webhooks go. */
  close(): Promise<void>;
}

export interface WebhookStats {
  delivered: number;
  failed: number;
  /** Webhooks of this process, and those of them that fail. */
  held: number;
  failing: number;
  /** Of the whole installation. */
  paused: number;
  /** Records that the one furthest behind of this process has not got to. */
  lagRecords: number;
  /** Why the store that says who delivers what does not answer. */
  problem?: string | undefined;
}

export interface WebhooksOptions {
  journal: Journal;
  projector: Projector;
  store: QueryStore;
  sender: WebhookSender;
  /** This process among those that share the store. */
  holder: string;
  hidden: (transactionId: string) => boolean;
  /** What became of commands that are settled without the database. */
  outcomeOf?: (sequence: number) => CommandAnswer | undefined;
  clock: Clock;
  log: Log;
  /** The deadline of an attempt. */
  timeoutMs: number;
  retry: RetryOptions;
}

const RENEW_MS = 2_000;
/** What a holder that is cut off may think it has left, beyond an attempt. */
const LEASE_SLACK_MS = 5_000;
const CLOSING_MS = 3_000;
/** Commands of one moment that the audit holds. */
const AUDITED = 200;

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { journal, projector, store, sender, holder, clock, log, timeoutMs } = options;
  const leaseMs = timeoutMs + LEASE_SLACK_MS;
  const followers = new Map<string, Follower>();
  const closing = new AbortController();
  const abandon = new AbortController();
  const tail = createTail({ journal, hidden: options.hidden, outcome });
  const counts = { delivered: 0, failed: 0 };
  let paused = 0;
  let heldUntil = 0;
  let nudge = new AbortController();
  let running: Promise<void> | undefined;
  const outage = createOutage((reason) => log.warn({ reason }, 'webhooks wait: their store does not answer'));

  const hurry = () => nudge.abort();
  const unsubscribe = journal.subscribe(({ type, sequence }) => {
    if (!type.startsWith('webhook.')) return;
    projector.settled(sequence).then(hurry, () => {});
  });

  /** Answers are kept for a day; the audit knows longer whether a command was refused. */
  async function outcome({ sequence, at }: JournalRecord): Promise<CommandAnswer | undefined> {
    const known = options.outcomeOf?.(sequence);
    if (known) return known;
    await projector.settled(sequence);
    const answer = await store.answer(sequence);
    if (answer) return answer;
    const { data } = await store.audit.list({ from: at, to: at + 1 }, { limit: AUDITED });
    const audited = data.find((row) => row.sequence === sequence);
    if (!audited) return undefined;
    const { status, code } = audited;
    return { status, ...(code === null ? {} : { error: { code, detail: '' } }) };
  }

  const followerOptions = {
    ...{ tail, sender, clock, log, retry: options.retry, abandon: abandon.signal },
    save: (webhook: HeldWebhook) => store.webhooks.save(holder, webhook),
    note,
    mayAttempt: () => performance.now() + timeoutMs < heldUntil,
    onAttempt: (attempt: Attempt) => counts[isDelivered(attempt) ? 'delivered' : 'failed']++,
  };

  /** Without it, a database that is filled anew from the log would have everything told again. */
  async function append({ id: webhookId, progress: { position: seq } }: HeldWebhook): Promise<void> {
    const data = { webhookId, seq };
    await journal.enqueue({ type: 'webhook.told', at: clock(), key: `w:${webhookId}:${seq}`, data }).durable;
  }
  function note(webhook: HeldWebhook): void {
    append(webhook).catch((error) => log.debug({ reason: (error as Error).message }, 'a webhook is not noted'));
  }

  function start(webhook: HeldWebhook): void {
    const follower = follow(webhook, followerOptions);
    followers.set(webhook.id, follower);
    // Changed, deleted, paused, or another's: what is to follow, the next look at them says.
    void follower.ended.then(() => {
      followers.delete(webhook.id);
      hurry();
    });
  }

  async function renew(): Promise<void> {
    const asked = performance.now();
    const { held, paused: others } = await store.webhooks.hold(holder, leaseMs);
    [heldUntil, paused] = [asked + leaseMs, others];
    const mine = new Map(held.map((webhook) => [webhook.id, webhook]));
    for (const [id, follower] of followers) if (mine.get(id)?.changed !== follower.changed) follower.stop();
    for (const webhook of held) if (!followers.has(webhook.id)) start(webhook);
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      nudge = new AbortController();
      await renew().then(outage.mended, (error) => {
        const isFault = !(error instanceof AssayError);
        if (isFault) log.error({ err: error }, 'webhooks are not delivered');
        // A database that is away is said by the projection.
        outage.failed(error, isFault || !projector.healthy);
      });
      await sleep(RENEW_MS, nudge.signal);
    }
  }

  return {
    start() {
      running ??= run();
    },

    allows: sender.allows,

    async test(id) {
      const target = await store.webhooks.target(id);
      if (!target) return undefined;
      const at = clock();
      const event = { seq: 0, type: 'webhook.test', at: new Date(at).toISOString(), data: { webhookId: id } };
      return sender.send(signed(target, `${id}_test_${newId(at)}`, event, at), abandon.signal);
    },

    stats() {
      const lags = [...followers.values()].map(
        ({ progress }) => journal.durable - Math.floor(progress.position / SLOTS),
      );
      return {
        ...counts,
        paused,
        held: followers.size,
        failing: [...followers.values()].filter(({ progress }) => progress.failures > 0).length,
        lagRecords: Math.max(0, ...lags),
        problem: outage.reason,
      };
    },

    async close() {
      unsubscribe();
      closing.abort();
      hurry();
      await running;
      const ending = [...followers.values()];
      for (const follower of ending) follower.stop();
      const timer = setTimeout(() => abandon.abort(), CLOSING_MS);
      await Promise.all(ending.map(({ ended }) => ended));
      clearTimeout(timer);
      abandon.abort();
      tail.close();
      sender.close();
      await store.webhooks.release(holder).catch(() => {});
    },
  };
}
