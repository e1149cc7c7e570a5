import { unguarded } from '../domain/formula-guard.ts';
import { ownNumber } from '../domain/own-values.ts';
import type { ColumnMap } from './column-map.ts';

/** Columns that say that a CSV was exported from here: then the apostrophes before what a spreadsheet would run are ours. */
const EXPORTED = ['decidedBy', 'labelState', 'policyVersion'];

/**
 * Cells as the rest reads them, in place: blanks are nothing, whatever they are made of, and so is what the map says means nothing.
 */
export function cellReader(header: readonly string[], map: Pick<ColumnMap, 'missing'>): (fields: string[]) => void {
  const { '*': anywhere = [], ...some } = map.missing ?? {};
  const always = [anywhere].flat();
  const nothing = header.map((name) => {
    const texts = [...always, ...[some[name] ?? []].flat()].map((text) => text.trim().toLowerCase());
    const numbers = texts.map(ownNumber).filter((value) => !Number.isNaN(value));
    if (texts.length === 0) return () => false;
    // -1 and -1.0 are one value.
    return (text: string) => texts.includes(text) || (numbers.length > 0 && numbers.includes(ownNumber(text)));
  });
  const hasNothing = map.missing !== undefined;
  const isGuarded = EXPORTED.every((name) => header.includes(name));
  return (fields) => {
    for (let i = 0; i < fields.length; i++) {
      if (isGuarded) fields[i] = unguarded(fields[i]);
      if (fields[i].charCodeAt(0) <= 32 && fields[i].trim() === '') fields[i] = '';
      else if (hasNothing && nothing[i]?.(fields[i].trim().toLowerCase())) fields[i] = '';
    }
  };
}
