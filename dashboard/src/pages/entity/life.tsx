import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listCases } from '../../api/cases.ts';
import { userQuery } from '../../api/queries.ts';
import { useBaseCurrency } from '../../api/session.ts';
import type { EntityView } from '../../api/types.ts';
import { count, moneyShort, percent, plural } from '../../lib/format.ts';
import { FILTER_OF_ENTITY, type TransactionSearch } from '../../payment-filters.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { ResolutionBadge } from '../queue/parts.tsx';
import { ENTITY_NAMES } from '../queue/work.ts';

const CASES = 8;

const LINK = 'underline decoration-edge underline-offset-3 hover:decoration-current';

/** A figure that leads to just those payments, where a list has them. */
function Listed({ of, and, children }: { of: EntityView; and?: TransactionSearch; children: ReactNode }) {
  const name = FILTER_OF_ENTITY[of.type];
  if (name === undefined) return children;
  return (
    <Link to="/transactions" search={{ [name]: of.id, ...and }} className={LINK}>
      {children}
    </Link>
  );
}

/** What it did in its life, in figures; who they are where a user is registered; lists that name it. */
export function Life({ of }: { of: EntityView }) {
  const base = useBaseCurrency();
  const { data: user } = useQuery({ ...userQuery(of.id), enabled: of.registered });
  const { payments, truncated, firstAt, lastAt, decisions, labels, amountBase } = of.life;
  const stopped = decisions.review + decisions.decline;
  return (
    <Panel title="Life" note={truncated ? `the newest ${count(payments)}` : undefined}>
      <dl
        className={`grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 ${of.type === 'user' ? 'xl:grid-cols-7' : 'xl:grid-cols-6'}`}
      >
        {of.type === 'user' && (
          <Fact name="Registered" className="max-sm:col-span-2">
            {user ? (
              <span className="block truncate" title={`${user.name}, ${user.email}`}>
                {user.name}
                <span className="block truncate text-xs font-normal text-muted">{user.email}</span>
              </span>
            ) : (
              'no'
            )}
          </Fact>
        )}
        <Fact name="First decided">{firstAt ? <Time at={firstAt} /> : '–'}</Fact>
        <Fact name="Last decided">{lastAt ? <Time at={lastAt} /> : '–'}</Fact>
        <Fact name="Decisions" more={`${percent(stopped / Math.max(1, payments))} reviewed or declined`}>
          <Listed of={of}>{count(payments)}</Listed>
        </Fact>
        <Fact
          name="Money"
          more={
            amountBase.unconverted > 0
              ? `${plural(amountBase.unconverted, 'payment')} without a rate`
              : `${moneyShort(amountBase.declined, base)} declined`
          }
        >
          {moneyShort(amountBase.total, base)}
        </Fact>
        <Fact name="Labels" more={labels.fraud > 0 ? moneyShort(amountBase.fraud, base) : undefined}>
          <span className={labels.fraud > 0 ? 'text-decline' : ''}>
            <Listed of={of} and={{ label: 'fraud' }}>
              {count(labels.fraud)} fraud
            </Listed>
          </span>
          {labels.legitimate > 0 && <span className="text-muted">, {count(labels.legitimate)} legitimate</span>}
        </Fact>
        <Fact name="Lists">
          {of.lists.length === 0
            ? 'on none'
            : of.lists.map((name) => (
                <Link key={name} to="/rules/lists/$name" params={{ name }} className={`mr-2 ${LINK}`}>
                  {name}
                </Link>
              ))}
        </Fact>
      </dl>
    </Panel>
  );
}

function Fact({
  name,
  more,
  className = '',
  children,
}: {
  name: string;
  more?: string | undefined;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className={`min-w-0 ${className}`}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="num mt-0.5 font-medium">
        {children}
        {more && <span className="block text-xs font-normal text-muted">{more}</span>}
      </dd>
    </div>
  );
}

/** Cases that name it, the newest first. Nothing for what cases are not known by. */
export function Cases({ type, id }: { type: string; id: string }) {
  const base = useBaseCurrency();
  const { data } = useQuery({
    queryKey: ['cases', 'of', type, id],
    queryFn: ({ signal }) => listCases({ entity: `${type}:${id}`, sort: 'newest' }, undefined, CASES, signal),
    enabled: type in ENTITY_NAMES,
  });
  if (!data || data.data.length === 0) return null;
  return (
    <Panel title="Cases" note={data.hasMore ? `the newest ${CASES}` : undefined} flush>
      <ul className="pb-2">
        {data.data.map((one) => (
          <li key={one.id} className="border-t border-line">
            <Link
              to="/queue"
              search={{ case: one.id, ...(one.status === 'resolved' ? { show: 'resolved' as const } : {}) }}
              className="flex min-h-9 items-center gap-3 px-4 py-1.5 hover:bg-sunken"
            >
              {one.status === 'resolved' ? (
                <ResolutionBadge resolution={one.resolution} />
              ) : (
                <span className="text-xs font-medium">Open</span>
              )}
              <span className="min-w-0 flex-1 truncate text-xs text-muted">
                {plural(one.transactionCount, 'alert')}
                {one.note ? `: ${one.note}` : ''}
              </span>
              <span className="num text-xs text-muted">{moneyShort(one.amountAtRisk, base)}</span>
              <span className="text-xs text-muted">
                <Time at={one.resolvedAt ?? one.openedAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
