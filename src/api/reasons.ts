import { withoutValues } from '../domain/quoted.ts';

/** For /health: why parts are away, as far as that is known; nothing where all are there. Anybody may read it. */
export function reasonsOf(problems: Readonly<Record<string, string | undefined>>): {
  reasons?: Record<string, string>;
} {
  const known = Object.entries(problems).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return known.length === 0
    ? {}
    : { reasons: Object.fromEntries(known.map(([part, why]) => [part, withoutValues(why)])) };
}
