import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { failed } from '../ui/toast.tsx';
import { call } from './client.ts';
import { lacking, useSession } from './session.ts';

/** The server's stream of made-up payments. */
export interface Demo {
  /** Whether it may be started here. */
  enabled: boolean;
  running: boolean;
  /** Payments a second. */
  rate: number;
  seconds: number;
  posted: number;
  labelled: number;
  failed: number;
  startedAt?: string;
  endsAt?: string;
  /** Why it ended before its time. */
  stopped?: string;
}

export const demoQuery = () =>
  queryOptions({
    queryKey: ['demo'],
    queryFn: ({ signal }) => call<Demo>('/api/demo', { signal }),
    refetchInterval: ({ state: { data } }) => (data?.running ? 1_000 : false),
  });

/** How it goes; undefined for whoever may not know. */
export function useDemo(): Demo | undefined {
  const session = useSession();
  return useQuery({ ...demoQuery(), enabled: lacking(session, ['admin']).length === 0 }).data;
}

/** Starts it, in the place of one that runs, and stops it. */
export function useDemoControl() {
  const client = useQueryClient();
  const settle = (demo: Demo) => client.setQueryData(demoQuery().queryKey, demo);
  const onError = (error: unknown) => {
    failed('The sample stream', error);
    void client.invalidateQueries({ queryKey: ['demo'] });
  };
  const start = useMutation({
    mutationFn: (body: { rate: number; seconds: number }) => call<Demo>('/api/demo', { method: 'POST', body }),
    onSuccess: settle,
    onError,
  });
  const stop = useMutation({
    mutationFn: () => call<Demo>('/api/demo', { method: 'DELETE' }),
    onSuccess: settle,
    onError,
  });
  return { start, stop };
}
