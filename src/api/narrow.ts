import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { MAX_FAULTS } from '../intake/faults.ts';
import type { ObjectSchema } from '../intake/shape.ts';
import { isObject } from '../intake/values.ts';

/** Longer arrays are narrowed to the items that do not fit before their faults are put into words, which takes a thousand times longer. */
const LONG_ITEMS = 100;

/** The same value with few items in its long arrays, those that do not fit first; `pathOf` gives a path back its place. */
export function narrower(
  schema: ObjectSchema,
): (value: unknown) => { value: unknown; pathOf: (path: string) => string } {
  const arrays = Object.entries(schema.properties ?? {}).flatMap(([name, { items }]) =>
    items ? [{ name, item: Compile(items as TSchema) }] : [],
  );
  return (value) => {
    let narrowed = value;
    const places = new Map<string, number[]>();
    for (const { name, item } of arrays) {
      const all = isObject(value) ? value[name] : undefined;
      if (!Array.isArray(all) || all.length <= LONG_ITEMS) continue;
      const kept: number[] = [];
      for (let i = 0; i < all.length && kept.length < MAX_FAULTS; i++) if (!item.Check(all[i])) kept.push(i);
      if (kept.length === 0) kept.push(0);
      places.set(name, kept);
      narrowed = { ...(narrowed as object), [name]: kept.map((i) => all[i]) };
    }
    const pathOf = (path: string) => {
      const [, name, index, ...rest] = path.split('/');
      const place = index === undefined ? undefined : places.get(name)?.[Number(index)];
      return place === undefined ? path : ['', name, place, ...rest].join('/');
    };
    return { value: narrowed, pathOf };
  };
}
