import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHeader } from '../../ui/bits.tsx';

const TABS = [
  { to: '/rules', label: 'Rules' },
  { to: '/rules/lists', label: 'Lists' },
  { to: '/rules/backtests', label: 'Backtests' },
  { to: '/rules/policy', label: 'Policy' },
] as const;

/** The four pages of the policy. */
export function PolicyHeader({ title, note, children }: { title: string; note: ReactNode; children?: ReactNode }) {
  return (
    <>
      <PageHeader title={title} note={note}>
        {children}
      </PageHeader>
      <nav aria-label="Policy" className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {TABS.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium text-muted outline-offset-[-2px] hover:text-ink"
            activeProps={{ className: '!border-ink !text-ink' }}
            activeOptions={{ exact: to === '/rules', includeSearch: false }}
          >
            {label}
          </Link>
        ))}
      </nav>
    </>
  );
}
