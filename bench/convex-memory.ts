import type { Value } from 'convex/values';

type Row = Record<string, unknown> & { _id: string };
type Handler = (ctx: object, args: Record<string, Value>) => Promise<Value>;

/**
 * Enough of a deployment's store to run `convex/assay.ts` over large tables: look-ups by the id of Assay's, writes, one function at a time, and nothing
 * of one that throws. Values are not checked against the schema: `test/convex.test.ts` has convex-test for that.
 */
export function createConvexMemory() {
  const tables = new Map<string, Map<string, Row>>();
  /** By table and Assay's id. */
  const index = new Map<string, string>();
  const tableOf = new Map<string, string>();
  let undo: (() => void)[] = [];
  let last = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const table = (name: string) => tables.get(name) ?? tables.set(name, new Map()).get(name)!;

  function put(name: string, id: string, row: Row | undefined): void {
    const rows = table(name);
    const before = rows.get(id);
    if (before?.id !== undefined) index.delete(`${name} ${before.id}`);
    if (row) {
      rows.set(id, row);
      tableOf.set(id, name);
      if (row.id !== undefined) index.set(`${name} ${row.id}`, id);
    } else rows.delete(id);
  }
  function change(name: string, id: string, row: Row | undefined): void {
    const before = table(name).get(id);
    undo.push(() => put(name, id, before));
    put(name, id, row);
  }

  const db = {
    query: (name: string) => ({
      first: async () => table(name).values().next().value ?? null,
      take: async (limit: number) => [...table(name).values()].slice(0, limit),
      withIndex(_: string, range: (q: { eq(field: string, value: string): void }) => void) {
        let wanted = '';
        range({
          eq: (_, value) => {
            wanted = value;
          },
        });
        return { unique: async () => table(name).get(index.get(`${name} ${wanted}`) ?? '') ?? null };
      },
    }),
    async insert(name: string, row: Record<string, unknown>) {
      const id = `${name}_${++last}`;
      change(name, id, { ...row, _id: id });
      return id;
    },
    replace: async (id: string, row: Record<string, unknown>) => change(tableOf.get(id)!, id, { ...row, _id: id }),
    delete: async (id: string) => change(tableOf.get(id)!, id, undefined),
  };

  async function alone(known: object, args: Record<string, Value>): Promise<Value> {
    undo = [];
    try {
      return await (known as { _handler: Handler })._handler({ db }, args);
    } catch (error) {
      for (const back of undo.reverse()) back();
      throw error;
    }
  }

  return {
    rows: (name: string): Row[] => [...table(name).values()],
    run(known: object, args: Record<string, Value>): Promise<Value> {
      const done = queue.then(() => alone(known, args));
      queue = done.catch(() => {});
      return done;
    },
  };
}
