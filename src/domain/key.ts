export const SCOPES = ['ingest', 'read', 'review', 'policy', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key as it is kept: the secret only as its SHA-256. */
export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  /** Hex SHA-256 of the whole key. */
  secretHash: string;
  /** The first characters, to recognise it by. */
  prefix: string;
  createdAt: number;
  revokedAt?: number;
}
