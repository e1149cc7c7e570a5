import { call } from './client.ts';
import { currentSession, lacking, sessionLost, setSession } from './session.ts';
import type { Session } from './types.ts';

const PATIENCE_MS = 3_000;

/** Asks the server who this is. Throws ApiError where it is out of reach. */
export async function loadSession(): Promise<void> {
  setSession(await call<Session>('/api/session', { signal: AbortSignal.timeout(PATIENCE_MS) }));
}

/** The key goes to the server once, which answers with a cookie; it is kept nowhere else. */
export async function signIn(key: string): Promise<void> {
  setSession(await call<Session>('/api/session', { method: 'POST', body: { key } }));
}

export async function signOut(): Promise<void> {
  await call<void>('/api/session', { method: 'DELETE' });
  sessionLost();
}

/** Whether the server lets this page read, asked anew. */
export async function mayRead(): Promise<boolean> {
  await loadSession();
  return lacking(currentSession(), ['read']).length === 0;
}
