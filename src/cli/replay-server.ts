import { bodyOf } from '../training/rows.ts';
import { askServer, type Control } from './control.ts';
import type { Replayed, ReplaySink } from './replay-into.ts';

const TRIES = 20;

/** Through the server that holds the data directory: one after another, since the order of history matters. */
export function serverSink(control: Control): ReplaySink {
  async function post(
    path: string,
    body: unknown,
    key?: string,
  ): Promise<{ answer: { decision: string }; replayed: boolean } | { fault: string }> {
    for (let attempt = 1; ; attempt++) {
      const response = await askServer(control, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (response.ok) return { answer: JSON.parse(text), replayed: response.headers.has('idempotent-replayed') };
      if (response.status === 409 || response.status === 422) return { fault: JSON.parse(text).detail };
      if ((response.status !== 429 && response.status !== 503) || attempt === TRIES)
        throw new Error(`The server answered ${response.status}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get('retry-after') ?? 1)));
    }
  }
  return {
    async decide(rows) {
      const answers: Replayed[] = [];
      for (const row of rows) {
        const posted = await post('/api/transactions', bodyOf(row));
        answers.push('fault' in posted ? posted : { decision: posted.answer.decision, repeated: posted.replayed });
      }
      return answers;
    },
    async label(id, label, at) {
      const occurredAt = new Date(at).toISOString();
      const body = { label, source: 'chargeback', occurredAt };
      const told = await post(`/api/transactions/${encodeURIComponent(id)}/labels`, body, `replay:${id}:${at}`);
      if ('fault' in told) throw new Error(`The label of ${id} was refused: ${told.fault}`);
      return !told.replayed;
    },
    async tell(id, { at, ...event }) {
      const body = { ...event, at: new Date(at).toISOString() };
      const told = await post(
        `/api/transactions/${encodeURIComponent(id)}/events`,
        body,
        `replay:${id}:${event.type}:${at}`,
      );
      if ('fault' in told) throw new Error(`What became of ${id} was refused: ${told.fault}`);
      return !told.replayed;
    },
  };
}
