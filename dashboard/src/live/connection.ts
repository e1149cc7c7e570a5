import { currentSession, lacking, onSession } from '../api/session.ts';
import type { LiveEvent } from '../api/types.ts';

/**
 * `waiting`: the connection is lost, and is tried again at `retryAt`. `refused`: the server wants a key, or another one,
 * and is asked again once that is there.
 */
export interface LiveStatus {
  state: 'connecting' | 'live' | 'waiting' | 'refused';
  retryAt?: number;
  attempts: number;
}

export interface Connection {
  start(): void;
  retryNow(): void;
}

const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;
/** The server tells its figures every 5 s, so a silence of this length is a dead line. */
const SILENCE_MS = 16_000;

/**
 * Follows the live feed. After a break it resumes behind the last event it handed on, so nothing is missing; what comes
 * twice is dropped, so nothing is doubled.
 */
export function createConnection(
  onEvent: (event: LiveEvent) => void,
  onStatus: (status: LiveStatus) => void,
  /** A socket does not say why it was refused; this does: false where the key is missing or may not read. */
  mayRead: () => Promise<boolean>,
): Connection {
  let socket: WebSocket | undefined;
  let last: number | undefined;
  let attempts = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    clearTimeout(retry);
    if (lacking(currentSession(), ['read']).length > 0) {
      onStatus({ state: 'refused', attempts: 0 });
      return;
    }
    onStatus({ state: 'connecting', attempts });
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const since = last === undefined ? '' : `?since=${last}`;
    const opened = new WebSocket(`${scheme}://${location.host}/ws${since}`, ['assay']);
    socket = opened;
    let greeted = false;
    opened.onopen = () => {
      attempts = 0;
      greeted = true;
      onStatus({ state: 'live', attempts });
      listen();
    };
    opened.onmessage = ({ data }) => {
      listen();
      const event = parse(data);
      if (event && fresh(event)) onEvent(event);
    };
    opened.onclose = () => {
      if (socket !== opened) return;
      if (greeted) later();
      else void askWhy(opened);
    };
  }

  async function askWhy(refused: WebSocket): Promise<void> {
    const allowed = await mayRead().catch(() => true);
    if (socket !== refused) return;
    if (allowed) later();
    else onStatus({ state: 'refused', attempts: 0 });
  }

  /** Figures repeat the number of the record they follow; everything else has one of its own. */
  function fresh(event: LiveEvent): boolean {
    if (event.type === 'stats') {
      // The server's log is another one, or began anew: what was seen before counts no more.
      if (last === undefined || event.seq > last || event.data?.unknownSince === true) last = event.seq;
      return true;
    }
    if (last !== undefined && event.seq <= last) return false;
    last = event.seq;
    return true;
  }

  function listen(): void {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), SILENCE_MS);
  }

  function later(): void {
    clearTimeout(silence);
    const delay = Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** attempts) * (0.75 + Math.random() / 2);
    attempts++;
    onStatus({ state: 'waiting', attempts, retryAt: Date.now() + delay });
    clearTimeout(retry);
    retry = setTimeout(open, delay);
  }

  function reopen(): void {
    const old = socket;
    socket = undefined;
    old?.close();
    attempts = 0;
    open();
  }

  return {
    start() {
      open();
      onSession(reopen);
      window.addEventListener('online', reopen);
    },
    retryNow: reopen,
  };
}

function parse(data: unknown): LiveEvent | undefined {
  try {
    return JSON.parse(String(data)) as LiveEvent;
  } catch {
    return undefined;
  }
}
