import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from './button.tsx';

const BACKDROP =
  'fixed inset-0 z-40 bg-black/35 dark:bg-black/60 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';
const NARROW = 'w-[min(30rem,calc(100vw-2rem))]';
const WIDE = 'w-[min(42rem,calc(100vw-2rem))]';
const POPUP =
  'fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] -translate-1/2 overflow-y-auto rounded-xl border border-line bg-raised p-5 shadow-2xl transition-all data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  note?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
}

export function Dialog({ open, onClose, title, note, wide = false, children }: Props) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup data-modal className={`${POPUP} ${wide ? WIDE : NARROW}`}>
          <div className="mb-4 pr-8">
            <Base.Title className="text-lg font-semibold tracking-tight">{title}</Base.Title>
            {note && <Base.Description className="mt-0.5 text-muted">{note}</Base.Description>}
          </div>
          {children}
          {/* Last, so that the first field and not this has the focus. */}
          <Base.Close render={<IconButton label="Close" className="absolute top-4 right-3.5" />}>
            <X className="size-4" />
          </Base.Close>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** Asks before something that cannot be taken back. */
export function Confirm({
  open,
  onClose,
  title,
  note,
  action,
  onConfirm,
  busy = false,
}: Props & { action: string; onConfirm: () => void; busy?: boolean }) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={BACKDROP} />
        <AlertDialog.Popup data-modal className={`${POPUP} ${NARROW}`}>
          <AlertDialog.Title className="text-lg font-semibold tracking-tight">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-1 text-muted" render={<div />}>
            {note}
          </AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Close render={<Button>Cancel</Button>} />
            <Button kind="danger" disabled={busy} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
