import type { ReactNode } from 'react';
import { faultsOf } from '../api/client.ts';
import type { Scope } from '../api/types.ts';
import { Button } from './button.tsx';

interface Props {
  onSubmit: () => void;
  /** The way on, in words. */
  action: string;
  /** Nothing can be sent as it stands, or it is being sent. */
  disabled: boolean;
  /** Of the last attempt. */
  error?: Error | null;
  /** Of a dialog, whose form can be left. */
  onClose?: () => void;
  needs?: readonly Scope[];
  /** What it does is not taken back. */
  danger?: boolean;
  /** Another way on, or a word about it. */
  beside?: ReactNode;
  /** The fields; where they tell their own faults, by the path of each. What no field tells stands at the end. */
  children: ReactNode | ((at: (path: string) => string | undefined) => ReactNode);
}

/** The fields of a form, what failed, the way out where there is one, and the way on. */
export function Form({
  onSubmit,
  action,
  disabled,
  error = null,
  onClose,
  needs,
  danger = false,
  beside,
  children,
}: Props) {
  const faults = faultsOf(error);
  const fields = typeof children === 'function' ? children(faults.at) : children;
  const rest = faults.rest();
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!disabled) onSubmit();
      }}
    >
      {fields}
      {rest !== undefined && (
        <p role="alert" className="text-decline">
          {rest}
        </p>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        {onClose && <Button onClick={onClose}>Cancel</Button>}
        {beside}
        <Button type="submit" kind={danger ? 'danger' : 'primary'} needs={needs} disabled={disabled}>
          {action}
        </Button>
      </div>
    </form>
  );
}
