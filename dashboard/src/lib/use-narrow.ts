import { useSyncExternalStore } from 'react';

/** As the `md:` of classes has it. */
const narrow = typeof matchMedia === 'undefined' ? undefined : matchMedia('(max-width: 767px)');

function subscribe(changed: () => void): () => void {
  narrow?.addEventListener('change', changed);
  return () => narrow?.removeEventListener('change', changed);
}

/** Whether the window is a phone's. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow?.matches ?? false);
