import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { live } from './live.ts';

/** Asks again for what the feed has made old, at most every `everyMs`, and not while nothing happens. */
export function useLiveRefresh(key: QueryKey, everyMs: number, counted: () => number = () => live.version()): void {
  const client = useQueryClient();
  const name = JSON.stringify(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key by its value
  useEffect(() => {
    let seen = counted();
    const timer = setInterval(() => {
      const now = counted();
      if (now === seen || document.hidden) return;
      seen = now;
      void client.invalidateQueries({ queryKey: key, exact: true }, { cancelRefetch: false });
    }, everyMs);
    return () => clearInterval(timer);
  }, [client, name, everyMs]);
}
