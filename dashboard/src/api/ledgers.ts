import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, query } from './client.ts';

export interface TraRow {
  instrument: 'card' | 'credit_transfer';
  band: number;
  payments: number;
  value: number;
  fraudPayments: number;
  fraudValue: number;
  rate: number | null;
  limit: number;
  rateBefore: number | null;
  state: 'within' | 'over' | 'stopped' | 'empty';
}

export interface SchemeRow {
  merchantId: string | null;
  brand: string;
  settledCount: number;
  fraudReports: number;
  fraudDisputes: number;
  otherDisputes: number;
  count: number;
  minimum: number | null;
  rate: number | null;
  limit: number | null;
  state: 'within' | 'below_minimum' | 'over' | 'high' | 'unknown' | 'no_limit';
}

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
