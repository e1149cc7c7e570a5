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
  estimated: { notes: string[] };
}
export type TraLedger = Ledger & { quarter: string; rows: TraRow[]; source: string; rates: string };
export type SchemeLedger = Ledger & { month: string; rows: SchemeRow[]; source: string | null };

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
