import type { ReactNode } from 'react';
import { Button } from './button.tsx';

/** The end of a dialog's form: what failed as a whole, the way out, and the way on in the words of `children`. */
export function FormEnd(props: {
  error: string | undefined;
  disabled: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <>
      {props.error !== undefined && (
        <p role="alert" className="text-decline">
          {props.error}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button type="submit" kind="primary" disabled={props.disabled}>
          {props.children}
        </Button>
      </div>
    </>
  );
}
