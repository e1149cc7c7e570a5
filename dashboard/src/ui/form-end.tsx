import type { ReactNode } from 'react';
import type { Scope } from '../api/types.ts';
import { Button } from './button.tsx';

/** The end of a form: what failed as a whole, the way out where there is one, and the way on in the words of `children`. */
export function FormEnd(props: {
  error: string | undefined;
  disabled: boolean;
  /** Of a dialog, whose form can be left. */
  onClose?: () => void;
  needs?: readonly Scope[];
  /** Another way on. */
  beside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      {props.error !== undefined && (
        <p role="alert" className="text-decline">
          {props.error}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {props.onClose && <Button onClick={props.onClose}>Cancel</Button>}
        {props.beside}
        <Button type="submit" kind="primary" needs={props.needs} disabled={props.disabled}>
          {props.children}
        </Button>
      </div>
    </>
  );
}
