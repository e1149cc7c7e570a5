import type { Case, CaseEntity } from '../../api/cases.ts';
import { count } from '../../lib/format.ts';
import { EntityLink } from '../../ui/bits.tsx';
import { OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';
import { ENTITY_NAMES, resolutionName } from './work.ts';

export function EntityName({ entity, link = false }: { entity: CaseEntity; link?: boolean }) {
  if (entity.id === null) return <span className="text-muted">erased</span>;
  return link ? <EntityLink type={entity.type} id={entity.id} /> : <span className="id truncate">{entity.id}</span>;
}

export const caseName = ({ entity }: Pick<Case, 'entity'>): string =>
  `${ENTITY_NAMES[entity.type]} ${entity.id ?? '(erased)'}`;

/** How many of each outcome, by shape and number. */
export function Outcomes({ reviews, declines }: Pick<Case, 'reviews' | 'declines'>) {
  return (
    <span className="inline-flex items-center gap-2.5">
      {(
        [
          ['decline', declines],
          ['review', reviews],
        ] as const
      ).map(
        ([outcome, n]) =>
          n > 0 && (
            <span key={outcome} className="num inline-flex items-center gap-1 whitespace-nowrap">
              <OutcomeMark outcome={outcome} className="size-2" />
              {count(n)} <span className="sr-only">{OUTCOMES[outcome].past}</span>
            </span>
          ),
      )}
    </span>
  );
}

export function ResolutionBadge({ resolution }: { resolution: string | null }) {
  const tone =
    resolution === 'fraud'
      ? 'bg-decline-soft text-decline'
      : resolution === 'legitimate'
        ? 'bg-approve-soft text-approve'
        : 'bg-sunken text-ink';
  return (
    <span className={`inline-flex h-5 items-center rounded px-1.5 text-2xs font-medium whitespace-nowrap ${tone}`}>
      {resolutionName(resolution)}
    </span>
  );
}
