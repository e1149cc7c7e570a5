import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Payments whose fraud shows in nothing but columns that only their sender knows. */
export interface OwnPayment {
  id: string;
  userId: string;
  amount: number;
  transactionDate: string;
  metadata: { basketSize: number; job: string; terminal: string };
  fraud: boolean;
}

const JOBS = ['nurse', 'teacher', 'courier', 'cook', 'broker'];

/** The same ones at every call; users have a basket of their own size, and two terminals of thirty are bad. */
export function ownPayments(count: number): OwnPayment[] {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
  return Array.from({ length: count }, (_, i) => {
    const user = Math.floor(random() * 120);
    const kind = random();
    const fraud = random() < 0.08;
    const usual = 3 + (user % 9) * 4;
    const terminal = fraud && kind < 0.4 ? Math.floor(random() * 2) : Math.floor(random() * 30);
    const job = fraud && kind >= 0.4 && kind < 0.7 ? 'broker' : JOBS[user % 4];
    return {
      id: `own-${i}`,
      userId: `u${user}`,
      amount: Math.round(500 + 4_000 * random()) / 100,
      transactionDate: new Date(Date.UTC(2026, 0, 1) + i * 1_200_000).toISOString(),
      metadata: {
        basketSize: usual + (fraud && kind >= 0.7 ? 15 : Math.floor(random() * 3)),
        job,
        terminal: `t${terminal}`,
      },
      fraud,
    };
  });
}

/** A history file of them under names of its own, and the map that says what those are. */
export function writeOwnHistory(folder: string, payments: readonly OwnPayment[]): { file: string; map: string } {
  const rows = payments.map(({ id, userId, amount, transactionDate, metadata, fraud }) =>
    [id, userId, amount, transactionDate, metadata.basketSize, metadata.job, metadata.terminal, fraud ? 1 : 0].join(),
  );
  const file = join(folder, 'own.csv');
  writeFileSync(file, `ORDER,CUSTOMER,SUM,WHEN,basketSize,JOB,TERM,BAD\n${rows.join('\n')}\n`);
  const map = join(folder, 'map.json');
  const columns = { id: 'ORDER', userId: 'CUSTOMER', amount: 'SUM', transactionDate: 'WHEN', isFraud: 'BAD' };
  const schema = {
    basketSize: 'number',
    job: { type: 'category', column: 'JOB' },
    terminal: { type: 'entity', column: 'TERM' },
  };
  writeFileSync(map, JSON.stringify({ columns, schema }, null, 1));
  return { file, map };
}
