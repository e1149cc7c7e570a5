import type { Control } from './control.ts';
import type { ReplaySink } from './replay-into.ts';

const TRIES = 20;

/** Through the server that holds the data directory: one after another, since the order of history matters. */
export function serverSink({ url, token }: Control): ReplaySink {
  async function post(
    path: string,
    body: unknown,
    key?: string,
  ): Promise<{ answer: { decision: string }; replayed: boolean }> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': token, ...(key ? { 'idempotency-key': key } : {}) },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (response.ok) return { answer: JSON.parse(text), replayed: response.headers.has('idempotent-replayed') };
      if ((response.status !== 429 && response.status !== 503) || attempt === TRIES)
        throw new Error(`The server answered ${response.status}: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get('retry-after') ?? 1)));
    }
  }
  return {
    async decide(rows) {
      const answers = [];
      for (const { body } of rows) {
        const { answer, replayed } = await post('/api/transactions', body);
        answers.push({ decision: answer.decision, repeated: replayed });
      }
      return answers;
    },
    async label(id, label, at) {
      const occurredAt = new Date(at).toISOString();
      const body = { label, source: 'chargeback', occurredAt };
      const { replayed } = await post(`/api/transactions/${encodeURIComponent(id)}/labels`, body, `replay:${id}:${at}`);
      return !replayed;
    },
  };
}
