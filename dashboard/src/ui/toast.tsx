import { Toast } from '@base-ui/react/toast';
import { CircleCheck, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';

const manager = Toast.createToastManager();

const UNDO_MS = 12_000;
/** What is offered to be taken back, the latest last. */
const undos = new Map<string, () => void>();

/** Says shortly what was done, or why not. `undo`, where it can be taken back: by its button, and by z while that is there. */
export function told(title: string, description?: string, undo?: () => void): void {
  if (!undo) return void manager.add({ title, description, timeout: 4_000, type: 'done' });
  const id = manager.add({
    ...{ title, description, timeout: UNDO_MS, type: 'done' },
    actionProps: { children: 'Undo', onClick: () => takeBack(id) },
    onClose: () => void undos.delete(id),
  });
  undos.set(id, undo);
}

function takeBack(id: string): void {
  const undo = undos.get(id);
  manager.close(id);
  undo?.();
}

/** Takes back what was done last, if that is still offered; else nothing. */
export function undoLatest(): void {
  const id = [...undos.keys()].at(-1);
  if (id !== undefined) takeBack(id);
}

export function failed(title: string, error: unknown): void {
  const description = error instanceof Error ? error.message : undefined;
  manager.add({ title, description, timeout: 9_000, type: 'failed', priority: 'high' });
}

export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-60 flex w-[min(22rem,calc(100vw-2rem))] flex-col gap-2 outline-none">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="flex items-start gap-2.5 rounded-lg border border-line bg-raised py-2.5 pr-1.5 pl-3 shadow-lg transition-all data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      {toast.type === 'failed' ? (
        <TriangleAlert className="mt-0.5 size-4 shrink-0 text-decline" />
      ) : (
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-approve" />
      )}
      <div className="min-w-0 flex-1">
        <Toast.Title className="font-medium" render={<p />} />
        <Toast.Description className="text-muted text-pretty" />
      </div>
      <Toast.Action className="rounded border border-edge px-2 py-0.5 font-medium hover:bg-sunken empty:hidden" />
      <Toast.Close
        aria-label="Dismiss"
        className="flex size-6 items-center justify-center rounded text-muted hover:bg-sunken"
      >
        <X className="size-3.5" />
      </Toast.Close>
    </Toast.Root>
  ));
}
