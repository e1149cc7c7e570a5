import { type ClientOptions, sleep, under } from './send.ts';

export interface FeedEvent {
  seq: number;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

export interface FeedOptions {
  /** The `seq` of the last event that was worked on: what came after it comes first. */
  since?: number;
  signal?: AbortSignal;
}

const LONGEST_PAUSE_MS = 10_000;
/** Where the one who reads is slower, the connection ends and is taken up again from where it stands. */
const MOST_WAITING = 10_000;

/** Events as they come, for ever, across lost connections without a gap. Ends when the signal is aborted. */
export async function* feed(options: ClientOptions, { since, signal }: FeedOptions): AsyncGenerator<FeedEvent> {
  let last = since;
  let failures = 0;
  while (!signal?.aborted) {
    for await (const event of connection(options, last, signal)) {
      failures = 0;
      last = event.seq;
      yield event;
    }
    try {
      await sleep(Math.min(LONGEST_PAUSE_MS, 100 * 2 ** failures++), signal);
    } catch {
      return;
    }
  }
}

async function* connection({ url, key }: ClientOptions, since: number | undefined, signal: AbortSignal | undefined) {
  const target = under(url, '/ws');
  target.protocol = target.protocol.replace('http', 'ws');
  if (since !== undefined) target.searchParams.set('since', String(since));
  const socket = new WebSocket(target, key === undefined ? [] : [`assay.key.${key}`]);
  const waiting: FeedEvent[] = [];
  let wake = () => {};
  let open = true;
  const end = () => {
    open = false;
    socket.close();
    wake();
  };
  socket.onmessage = ({ data }) => {
    waiting.push(JSON.parse(String(data)) as FeedEvent);
    if (waiting.length >= MOST_WAITING) end();
    wake();
  };
  socket.onclose = end;
  socket.onerror = end;
  signal?.addEventListener('abort', end, { once: true });
  try {
    for (;;) {
      while (waiting.length > 0 && !signal?.aborted) yield waiting.shift()!;
      if (!open) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal?.removeEventListener('abort', end);
    socket.onmessage = null;
    socket.close();
  }
}
