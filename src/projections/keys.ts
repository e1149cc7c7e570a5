import type { ApiKey, Scope } from '../domain/key.ts';

/** API keys, folded from the journal into memory, so that a decision needs no database. */
export interface Keys {
  /** Whether any key exists (revoked ones count: an installation that had keys never falls back to keyless). */
  readonly configured: boolean;
  /** The key that a secret belongs to, unless unknown or revoked. Constant time in the secret. */
  authenticate(secret: string): ApiKey | undefined;
  list(): Omit<ApiKey, 'secretHash'>[];
  /** Creates a key, durable when it resolves. The secret is shown this once. */
  create(request: { name: string; scopes: Scope[] }): Promise<{ key: Omit<ApiKey, 'secretHash'>; secret: string }>;
  /** False when unknown. */
  revoke(id: string): Promise<boolean>;
}
