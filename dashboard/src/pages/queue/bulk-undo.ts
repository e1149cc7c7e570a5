import type { BulkAct, Case, CaseResolution } from '../../api/cases.ts';

/** What takes back what was done to those of the cases as they were before; undefined where nothing does. */
export function undoOf(
  act: BulkAct,
  before: readonly Case[],
  done: readonly string[],
): { ids: string[]; act: BulkAct }[] | undefined {
  const was = before.filter(({ id }) => done.includes(id));
  switch (act.action) {
    case 'resolve':
      return [{ ids: [...done], act: { action: 'reopen' } }];
    case 'assign':
      return grouped(was, ({ assignee }) => ({ action: 'assign', assignee }));
    case 'reopen':
      return grouped(was, ({ resolution, note }) => ({
        ...{ action: 'resolve', resolution: resolution as CaseResolution },
        ...(note ? { note } : {}),
      }));
    case 'merge':
      return undefined;
  }
}

/** One call for all that need the same. */
function grouped(cases: Case[], actOf: (one: Case) => BulkAct): { ids: string[]; act: BulkAct }[] {
  const groups = new Map<string, { ids: string[]; act: BulkAct }>();
  for (const one of cases) {
    const act = actOf(one);
    const group = groups.get(JSON.stringify(act)) ?? { ids: [], act };
    group.ids.push(one.id);
    groups.set(JSON.stringify(act), group);
  }
  return [...groups.values()];
}
