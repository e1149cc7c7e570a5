import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react';

/** A label, its control and what is wrong with it. */
export function Field({
  label,
  error,
  hint,
  ...input
}: InputHTMLAttributes<HTMLInputElement> & { label: string; error?: string; hint?: ReactNode }) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-muted">
        {label}
      </label>
      <input
        id={id}
        {...input}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? `${id}-note` : undefined}
        className={`control w-full ${input.className ?? ''}`}
      />
      {(error || hint) && (
        <p id={`${id}-note`} className={`mt-1 text-xs ${error ? 'text-decline' : 'text-muted'}`}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

/** A box to tick: what it says, and under that what it means. */
export function Tick({
  label,
  hint,
  ...input
}: InputHTMLAttributes<HTMLInputElement> & { label: string; hint: string }) {
  return (
    <label className={`flex items-start gap-2 ${input.disabled ? 'text-muted' : ''}`}>
      <input {...input} type="checkbox" className="mt-0.5 size-4 accent-(--accent)" />
      <span>
        {label}
        <span className="block text-xs text-muted">{hint}</span>
      </span>
    </label>
  );
}

/** Words over a control that says its own name to whoever cannot see them. */
export function Labelled({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <p className="mb-1 text-xs font-medium text-muted" aria-hidden="true">
        {label}
      </p>
      {children}
      {hint && <p className="mt-1 text-xs text-muted">{hint}</p>}
    </div>
  );
}

export function Choice({
  label,
  hidden,
  children,
  ...select
}: SelectHTMLAttributes<HTMLSelectElement> & { label: string; hidden?: boolean }) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className={hidden ? 'sr-only' : 'mb-1 block text-xs font-medium text-muted'}>
        {label}
      </label>
      <select id={id} {...select} className={`control ${select.className ?? ''}`}>
        {children}
      </select>
    </div>
  );
}
