import { useSyncExternalStore } from 'react';
import type { Scope, Session } from './types.ts';

/**
 * Who this browser is to the server. The secret is in a cookie that pages cannot read; what is here is what the server
 * tells of it. Undefined while the server has not been reached: then everything is tried, and the server says no.
 */
let session: Session | undefined;
const listeners = new Set<() => void>();

export const currentSession = (): Session | undefined => session;

export function setSession(next: Session): void {
  if (JSON.stringify(next) === JSON.stringify(session)) return;
  session = next;
  for (const listener of listeners) listener();
}

/** The server does not know the session any more: it ended, or its key was revoked. */
export function sessionLost(): void {
  setSession({ keyless: false, keyName: null, scopes: [], csrfToken: null, expiresAt: null });
}

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | undefined {
  return useSyncExternalStore(onSession, currentSession);
}

/** What `amountBase` and amounts at risk are in. */
export function useBaseCurrency(): string {
  return useSession()?.baseCurrency ?? 'USD';
}

export const signedOut = (who: Session | undefined): boolean =>
  who !== undefined && !who.keyless && who.keyName === null;

/** Those of the scopes that it lacks; admin lacks none. */
export function lacking(who: Session | undefined, needs: readonly Scope[]): Scope[] {
  return who === undefined || who.keyless || who.scopes.includes('admin')
    ? []
    : needs.filter((scope) => !who.scopes.includes(scope));
}
