import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { lacking, useSession } from '../api/session.ts';
import type { Scope } from '../api/types.ts';

type Kind = 'primary' | 'plain' | 'quiet' | 'danger' | 'approve' | 'decline';

const KINDS: Record<Kind, string> = {
  primary: 'bg-accent text-on-accent hover:opacity-90 border border-transparent',
  plain: 'border border-line bg-surface text-ink hover:bg-sunken shadow-[0_1px_1px_rgb(0_0_0/0.03)]',
  quiet: 'border border-transparent text-muted hover:bg-sunken hover:text-ink',
  danger: 'border border-transparent bg-decline text-white dark:text-[#2a0a08] hover:opacity-90',
  approve: 'border border-line bg-surface text-approve hover:bg-approve-soft',
  decline: 'border border-line bg-surface text-decline hover:bg-decline-soft',
};

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  small?: boolean;
  icon?: ReactNode;
  /** Scopes of what it does: without one of them it is off, and says why. */
  needs?: readonly Scope[];
}

function useRefusal(needs: readonly Scope[] = []): { disabled: true; title: string } | undefined {
  const lacks = lacking(useSession(), needs);
  return lacks.length > 0 ? { disabled: true, title: `Your key lacks the scope ${lacks.join(', ')}` } : undefined;
}

export const buttonClass = (kind: Kind = 'plain', small = false) =>
  `inline-flex shrink-0 items-center justify-center gap-1.5 rounded-[7px] font-medium whitespace-nowrap transition-colors ` +
  `disabled:opacity-50 disabled:cursor-not-allowed ${small ? 'h-7 px-2 text-xs' : 'h-8 px-3 text-sm max-sm:h-10'} ${KINDS[kind]}`;

export function Button({ kind = 'plain', small = false, icon, className = '', needs, children, ...rest }: ButtonProps) {
  const refusal = useRefusal(needs);
  return (
    <button type="button" {...rest} {...refusal} className={`${buttonClass(kind, small)} ${className}`}>
      {icon}
      {children}
    </button>
  );
}

/** An icon alone; its name is said. */
export function IconButton({ label, children, className = '', needs, ...rest }: ButtonProps & { label: string }) {
  const refusal = useRefusal(needs);
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      {...refusal}
      className={`inline-flex size-8 shrink-0 items-center justify-center rounded-[7px] text-muted transition-colors hover:bg-sunken hover:text-ink disabled:opacity-50 max-sm:size-10 ${className}`}
    >
      {children}
    </button>
  );
}
