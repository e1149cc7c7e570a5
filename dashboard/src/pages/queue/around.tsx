import { Link } from '@tanstack/react-router';
import type { WholeCase } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, moneyShort } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { KindIcon } from '../../ui/kind.tsx';
import { AddToList } from '../lists/add-to-list.tsx';
import { EntityName, ResolutionBadge } from './parts.tsx';

const SHOWN = 12;

/** What the payments of the case name, the most shared first. */
export function Entities({ of }: { of: WholeCase }) {
  const shown = of.entities.slice(0, SHOWN);
  const shared = of.entities.filter(({ transactions }) => transactions > 1).length;
  return (
    <Panel title="Entities" note={shared > 0 ? `${count(shared)} shared by several alerts` : undefined}>
      <ul className="grid gap-1.5">
        {shown.map((entity) => (
          <li
            key={`${entity.type} ${entity.id}`}
            className="grid grid-cols-[1rem_minmax(0,1fr)_5rem_2.5rem] items-center gap-2"
          >
            <KindIcon kind={entity.type} className="size-3.5" />
            <span className="flex min-w-0 items-center gap-1">
              <span className="sr-only">{entity.type}</span>
              <EntityName entity={entity} link />
              {of.status === 'resolved' && entity.id !== null && (
                <AddToList
                  entity={{ type: entity.type, id: entity.id }}
                  note={`case ${of.id}: ${of.resolution ?? 'resolved'}`}
                />
              )}
            </span>
            <span className="h-1 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
              <span
                className={`block h-full rounded-full ${entity.transactions > 1 ? 'bg-ink' : 'bg-edge'}`}
                style={{ width: `${(entity.transactions / of.transactionCount) * 100}%` }}
              />
            </span>
            <span className="num text-right text-xs" title="Payments that name it">
              {count(entity.transactions)}×
            </span>
          </li>
        ))}
      </ul>
      {of.entities.length > SHOWN && (
        <p className="mt-2 text-xs text-muted">
          and {count(of.entities.length - SHOWN)}
          {of.entities.length >= 50 ? ' or more' : ''} others
        </p>
      )}
    </Panel>
  );
}

/** Resolved cases that share an entity: what it was the last time. */
export function Similar({ of }: { of: WholeCase }) {
  const base = useBaseCurrency();
  return (
    <Panel title="Similar past cases" note="they share an entity" flush={of.similar.length > 0}>
      {of.similar.length === 0 ? (
        <p className="text-muted">None that is resolved has anything in common with this one.</p>
      ) : (
        <ul>
          {of.similar.map((past) => (
            <li key={past.id} className="border-t border-line">
              <Link to="/queue" search={{ case: past.id }} className="block px-4 py-2 hover:bg-sunken">
                <span className="flex items-center gap-2">
                  <ResolutionBadge resolution={past.resolution} />
                  <span className="flex min-w-0 flex-1">
                    <EntityName entity={past.entity} />
                  </span>
                  <span className="num text-xs text-muted">{moneyShort(past.amountAtRisk, base)}</span>
                </span>
                <span className="mt-0.5 flex flex-wrap items-baseline gap-x-2 text-xs text-muted">
                  <span>shares {past.shared.map(({ type, id }) => `${type} ${id ?? ''}`.trim()).join(', ')}</span>
                  <span className="ml-auto">
                    {past.resolvedByName && `${past.resolvedByName}, `}
                    {past.resolvedAt && <Time at={past.resolvedAt} />}
                  </span>
                </span>
                {past.note && <span className="mt-0.5 line-clamp-2 text-muted">{past.note}</span>}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
