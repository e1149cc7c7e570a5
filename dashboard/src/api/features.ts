import { queryOptions, useQuery } from '@tanstack/react-query';
import { featureWords, knownWords } from '../lib/feature-words.ts';
import { capital } from '../lib/format.ts';
import { call } from './client.ts';

interface Feature {
  name: string;
  /** What it is about, without a value. */
  description: string;
}

export const featuresQuery = () =>
  queryOptions({
    queryKey: ['features'],
    queryFn: ({ signal }) => call<{ data: Feature[] }>('/api/features', { signal }),
    staleTime: 5 * 60_000,
  });

/** Words for a feature's code: the server's, which knows every definition; else what the code itself tells. */
export function useFeatureWords(): (code: string) => string {
  const { data } = useQuery(featuresQuery());
  return (code) => {
    const about = data?.data.find(({ name }) => name === code)?.description;
    return knownWords(code) ?? (about ? capital(about) : featureWords(code));
  };
}
