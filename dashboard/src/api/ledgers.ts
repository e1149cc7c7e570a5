import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { SchemeRow } from '../../../src/domain/ledgers/schemes.ts';
import type { TraRow } from '../../../src/domain/ledgers/tra.ts';
import { call, query } from './client.ts';

export type { SchemeRow, TraRow };

interface Ledger {
  from: string;
  to: string;
  zone: string;
  complete: boolean;
  basis: string;
  /** Beside each note the part that it is about. */
  estimated: { notes: string[]; opens?: (string | null)[] };
}
export type TraLedger = Ledger & { quarter: string; rows: TraRow[]; source: string; rates: string };
export type SchemeLedger = Ledger & { month: string; rows: SchemeRow[]; portfolio?: SchemeRow; source: string | null };

export const traQuery = (quarter?: string) =>
  queryOptions({
    queryKey: ['ledger', 'tra', quarter],
    queryFn: ({ signal }) => call<TraLedger>(`/api/ledgers/tra${query({ quarter })}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const schemeQuery = (name: 'vamp' | 'mastercard', month?: string) =>
  queryOptions({
    queryKey: ['ledger', name, month],
    queryFn: ({ signal }) => call<SchemeLedger>(`/api/ledgers/${name}${query({ month })}`, { signal }),
  });

/** A payment behind a figure. */
export interface Behind {
  id: string;
  merchantId: string | null;
  amount: number;
  currency: string;
  at: string;
  executedAt: string | null;
  remote: 'yes' | 'no' | 'assumed';
  /** Euros, where the ledger is in them. */
  counted?: number | null;
}

export interface BehindAsked {
  part: string;
  period: string;
  instrument?: string;
  merchantId?: string;
}

export const behindQuery = (name: string, asked: BehindAsked) =>
  queryOptions({
    queryKey: ['ledger', name, 'payments', asked],
    queryFn: ({ signal }) =>
      call<{ data: Behind[]; total: number }>(`/api/ledgers/${name}/payments?${new URLSearchParams({ ...asked })}`, {
        signal,
      }),
  });
