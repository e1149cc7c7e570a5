import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef, useSyncExternalStore } from 'react';
import { createSetting } from './setting.ts';

/** Single-key shortcuts can be turned off: speech input and unsteady hands press them by accident. */
const setting = createSetting<'on' | 'off'>('assay.shortcuts', 'on', (value) => (value === 'off' ? 'off' : 'on'));

export function useShortcutSetting(): ['on' | 'off', (value: 'on' | 'off') => void] {
  return [useSyncExternalStore(setting.subscribe, setting.get), setting.set];
}

/** By key in lower case, several of them parted by spaces. An answer of false leaves the key to the browser. */
export type Hotkeys = Record<string, (event: KeyboardEvent) => unknown>;

/** Calls the function of a key, unless someone types, a modifier is held or a dialog is open. */
export function useHotkeys(keys: Hotkeys, enabled = true): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      if (setting.get() === 'off' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      // In a shadow tree, as the editor of rules is in, the target is the host: the first of the path is who types.
      const target = (event.composedPath()[0] ?? event.target) as HTMLElement;
      const pressed = event.key.toLowerCase();
      if (isTheirs(target, pressed)) return;
      if (document.querySelector('[data-modal]')) return;
      const action = Object.entries(current.current).find(([keys]) => keys.split(' ').includes(pressed))?.[1];
      // Enter on a button or a link is theirs.
      if (!action || (pressed === 'enter' && target.closest('button, a, summary'))) return;
      if (action(event) !== false) event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [enabled]);
}

/** Whether a key means something to what has the focus: letters to a text, arrows and the space bar to a radio button or a tick. */
function isTheirs(target: HTMLElement, pressed: string): boolean {
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  if (target.type === 'radio' || target.type === 'checkbox') return pressed.startsWith('arrow') || pressed === ' ';
  return true;
}

/** Ctrl + K and ⌘K, which are nobody's accident: while somebody types too, but not over a dialog. */
export function useSearchKey(act: () => void): void {
  const current = useRef(act);
  current.current = act;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      if (document.querySelector('[data-modal]')) return;
      event.preventDefault();
      current.current();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

/** Back from a search field to the list, with the search kept: a browser would empty the field. */
export function leaveOnEscape(event: ReactKeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  event.currentTarget.blur();
}
