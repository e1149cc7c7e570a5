import { queryOptions } from '@tanstack/react-query';
import { call, query } from './client.ts';
import type { Happening, Page } from './types.ts';

/** A command: who did what to what, and what came of it. From status 400 on it was refused and changed nothing. */
export interface AuditEntry extends Happening {
  sequence: number;
  transactionId: string | null;
  caseId: string | null;
  status: number;
  /** Of a refusal. */
  code: string | null;
}

const SHOWN = 50;

/** The newest commands on a payment and on its case, the newest first. */
export const auditQuery = (transactionId: string, caseId?: string) =>
  queryOptions({
    queryKey: ['audit', transactionId, caseId],
    queryFn: async ({ signal }) => {
      const ask = (filter: Record<string, string>) =>
        call<Page<AuditEntry>>(`/api/audit${query({ ...filter, limit: SHOWN })}`, { signal });
      const pages = await Promise.all([ask({ transactionId }), ...(caseId ? [ask({ caseId })] : [])]);
      const all = new Map(pages.flatMap(({ data }) => data.map((entry) => [entry.sequence, entry] as const)));
      return [...all.values()].sort((a, b) => b.sequence - a.sequence);
    },
  });
