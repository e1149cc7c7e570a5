import { useSyncExternalStore } from 'react';
import { createSetting } from './setting.ts';

export type Theme = 'system' | 'light' | 'dark';

const setting = createSetting<Theme>('assay.theme', 'system', (value) =>
  value === 'light' || value === 'dark' ? value : 'system',
);
const dark = matchMedia('(prefers-color-scheme: dark)');

function apply(): void {
  const theme = setting.get();
  document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
}

/** Before the first drawing, and whenever the reader or the system changes it. */
export function startTheme(): void {
  apply();
  setting.subscribe(apply);
  dark.addEventListener('change', apply);
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(setting.subscribe, setting.get), setting.set];
}
