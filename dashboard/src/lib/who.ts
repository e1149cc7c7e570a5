import { useSyncExternalStore } from 'react';
import { useSession } from '../api/session.ts';
import { createSetting } from './setting.ts';

const MAX_NAME = 255;
const setting = createSetting<string>('assay.name', '', (text) => text.slice(0, MAX_NAME));

/** The name that cases are assigned to: the key's, or what the reader calls themselves where there are no keys. */
export function useMe(): { name: string | undefined; mayChoose: boolean; choose: (name: string) => void } {
  const session = useSession();
  const chosen = useSyncExternalStore(setting.subscribe, setting.get);
  if (session && !session.keyless)
    return { name: session.keyName ?? undefined, mayChoose: false, choose: () => undefined };
  return { name: chosen || undefined, mayChoose: true, choose: (name) => setting.set(name.trim().slice(0, MAX_NAME)) };
}
