import { useQuery } from '@tanstack/react-query';
import { Coins } from 'lucide-react';
import { healthQuery } from '../api/queries.ts';
import { ratesSaid } from './rates-said.ts';

/** Says that amounts are in no total for want of a rate, or that the rates are old. */
export function RatesBanner() {
  const { data } = useQuery(healthQuery());
  const said = data?.rates && ratesSaid(data.rates);
  if (!said) return null;
  return (
    <div
      role="status"
      data-rates-banner
      className="flex items-center gap-3 border-b border-line bg-review-soft px-4 py-1.5 text-review sm:px-6 lg:px-8"
    >
      <Coins className="size-4 shrink-0" />
      <span className="min-w-0">{said}</span>
    </div>
  );
}
