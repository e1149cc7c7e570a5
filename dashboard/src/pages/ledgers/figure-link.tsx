import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface Props {
  /** What of the ledger it counts, and of which instrument or merchant. */
  part: string;
  of?: string;
  /** What it is, for whoever cannot see what stands around it. */
  says: string;
  /** Nothing is behind a figure of 0. */
  none?: boolean;
  children: ReactNode;
}

/** A figure that opens to its payments, below. */
export function FigureLink({ part, of, says, none = false, children }: Props) {
  if (none) return children;
  return (
    <Link
      from="/ledgers"
      to="."
      search={(now) => ({ ...now, part, of })}
      hash="behind"
      className="rounded underline decoration-faint underline-offset-3 hover:decoration-ink"
    >
      {children}
      <span className="sr-only">, {says}: the payments behind it</span>
    </Link>
  );
}
