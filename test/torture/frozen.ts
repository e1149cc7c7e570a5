import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '../support/app.ts';
import { startServer } from '../support/process.ts';
import { verifyJournal } from '../support/verify.ts';
import type { Row } from './table.ts';

const DATABASE_AWAY = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };

/** A server is frozen under load and wakes: nobody takes its directory meanwhile, and what it acknowledges is there, once. */
export async function frozen(times: number): Promise<Row> {
  const row: Row = { name: 'a process frozen by SIGSTOP under load', tries: times, faults: [], seen: '' };
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-frozen-'));
  const acknowledged = new Set<string>();
  try {
    const server = await startServer(dataDir, DATABASE_AWAY);
    for (let round = 0; round < times; round++) {
      const answers = Array.from({ length: 60 }, async (_, i) => {
        const id = `f${round}_${i}`;
        await sleep(i);
        const { status } = await call(server.url, 'POST', '/api/transactions', { id, userId: `u${i % 5}`, amount: 5 });
        if (status === 201) acknowledged.add(id);
        else if (status !== 503) row.faults.push(`${id} → ${status}`);
      });
      await sleep(20);
      server.child.kill('SIGSTOP');
      const second = await startServer(dataDir, DATABASE_AWAY).then(
        async (other) => {
          await other.stop();
          return 'began';
        },
        (error) => String(error),
      );
      if (!/is open in another process/.test(second)) row.faults.push(`a second server: ${second.slice(0, 200)}`);
      server.child.kill('SIGCONT');
      await Promise.all(answers);
    }
    await server.stop();
    const { ids, repeated } = await verifyJournal(dataDir);
    for (const id of acknowledged) if (!ids.has(id)) row.faults.push(`${id} was acknowledged and is missing`);
    if (repeated > 0) row.faults.push(`${repeated} are doubled`);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
  return { ...row, seen: `${acknowledged.size} acknowledged, each once; a second server was refused each time` };
}
