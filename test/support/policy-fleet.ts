/** What processes of a fleet decide by while its policy changes. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DecisionData } from '../../src/domain/records.ts';
import { call } from './app.ts';
import type { Fleet } from './fleet.ts';
import type { FleetLog } from './fleet-log.ts';

const PAUSE_MS = 20;

/** One decision: asked for or made from then on (milliseconds since the epoch), and the policy's version that it names. */
export interface Decided {
  at: number;
  version: number;
}

/** Has every process decide without a pause, one payment after the other, until it is stopped: by server, and the workers'. */
export function watchVersions({ servers }: Fleet, log: FleetLog) {
  let stopped = false;
  let made = 0;
  const byServer: Decided[][] = servers.map(() => []);
  const byWorkers: Decided[] = [];
  const unsubscribe = log.journal.subscribe(({ type, at, data }) => {
    if (type !== 'decision') return;
    const { transaction, decision } = data as unknown as DecisionData;
    if (transaction.id.startsWith('raw-')) byWorkers.push({ at, version: decision.policyVersion! });
  });
  const running = Promise.all([
    ...servers.map(async ({ url }, i) => {
      while (!stopped) {
        const at = Date.now();
        const answer = await call(url, 'POST', '/api/transactions', { userId: `w${i}`, amount: 1 });
        if (answer.status === 201) byServer[i].push({ at, version: answer.body.policyVersion });
        await sleep(PAUSE_MS);
      }
    }),
    (async () => {
      while (!stopped) {
        await log.sendOne(JSON.stringify({ id: `raw-${made++}`, userId: 'w', amount: 1 }));
        await sleep(PAUSE_MS);
      }
    })(),
  ]);
  return {
    ...{ byServer, byWorkers },
    async stop() {
      stopped = true;
      await running;
      unsubscribe();
    },
  };
}

/** Decisions of one process never name an older version than an earlier one. */
export function neverBack(decided: readonly Decided[], who: string): void {
  let newest = { at: 0, version: 0 };
  for (const each of decided.toSorted((a, b) => a.at - b.at || a.version - b.version)) {
    assert.ok(each.version >= newest.version, `${who}: ${JSON.stringify([newest, each])}`);
    newest = each;
  }
}

/** How long after a moment the last decision was made by an older version, milliseconds; 0 where none was. */
export function lagMs(decided: readonly Decided[], since: number, version: number): number {
  const late = decided.filter((each) => each.at > since && each.version < version);
  return Math.max(0, ...late.map(({ at }) => at - since + 1));
}
