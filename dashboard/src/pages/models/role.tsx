import { ChartPie, Crown, Ghost } from 'lucide-react';
import type { Canary, Model, ModelList } from '../../api/model-types.ts';
import { shortVersion } from './metrics.ts';

/** What it does just now, in a word. */
/** `percent`: of a model that decides for a share. */
export function RoleBadge({ model, percent }: { model: Model; percent?: number }) {
  const base = 'inline-flex h-5 items-center gap-1 rounded px-1.5 text-2xs font-medium whitespace-nowrap';
  if (model.problem) return <span className={`${base} bg-decline-soft text-decline`}>Damaged</span>;
  if (model.role === 'champion')
    return (
      <span className={`${base} bg-approve-soft text-approve`}>
        <Crown className="size-3" aria-hidden="true" />
        Decides
      </span>
    );
  if (percent !== undefined)
    return (
      <span className={`${base} bg-approve-soft text-approve`}>
        <ChartPie className="size-3" aria-hidden="true" />
        Decides for {percent}%
      </span>
    );
  if (model.role === 'shadow')
    return (
      <span className={`${base} bg-info-soft text-info`}>
        <Ghost className="size-3" aria-hidden="true" />
        In shadow
      </span>
    );
  return <span className={`${base} bg-sunken text-muted`}>Kept</span>;
}

export function ModelTitle({ model }: { model: Pick<Model, 'name' | 'version'> }) {
  return (
    <span className="whitespace-nowrap">
      <span className="font-medium">{model.name ?? 'Unnamed'}</span>{' '}
      <span className="id text-muted" title={model.version}>
        {shortVersion(model.version)}
      </span>
    </span>
  );
}

/** The percent that a model decides for, where it is for a share. */
export const shareOf = ({ version }: Model, { canary }: ModelList): number | undefined =>
  canary?.version === version ? canary.percent : undefined;

/** The share that comes next; for all after the last one. */
export function nextOf({ steps, percent }: Pick<Canary, 'steps' | 'percent'>): number {
  return steps.find((step) => step > percent) ?? 100;
}
