import { Crown, Ghost } from 'lucide-react';
import type { Model } from '../../api/model-types.ts';
import { shortVersion } from './metrics.ts';

/** What it does just now, in a word. */
export function RoleBadge({ model }: { model: Model }) {
  const base = 'inline-flex h-5 items-center gap-1 rounded px-1.5 text-2xs font-medium whitespace-nowrap';
  if (model.problem) return <span className={`${base} bg-decline-soft text-decline`}>Damaged</span>;
  if (model.role === 'champion')
    return (
      <span className={`${base} bg-approve-soft text-approve`}>
        <Crown className="size-3" aria-hidden="true" />
        Decides
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
