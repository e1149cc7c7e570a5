import { compileExpression } from './compile.ts';
import type { Environment } from './environment.ts';
import type { Issue } from './issue.ts';

/** What `POST /api/rules/check` answers. */
export interface Check {
  ok: boolean;
  /** `bool` where it checks; null where it does not. */
  type: 'bool' | null;
  /** Elementary steps at most; null where it does not check. */
  cost: number | null;
  /** What it reads: `tx.amount`, `features.user_count_1h`, `count(card,7200s)`, `list trusted_devices`, `score`. */
  uses: string[];
  errors: Issue[];
  warnings: Issue[];
}

const PREFIXES = { field: 'tx.', feature: 'features.', window: '', list: 'list ', input: '' } as const;

export function checkExpression(source: string, environment: Environment): Check {
  const compiled = compileExpression(source, environment);
  if (!compiled.ok)
    return { ok: false, type: null, cost: null, uses: [], errors: compiled.errors, warnings: compiled.warnings };
  const { cost, uses, warnings } = compiled.expression;
  return {
    ok: true,
    type: 'bool',
    cost,
    uses: uses.map(({ kind, name }) => PREFIXES[kind] + name).sort(),
    errors: [],
    warnings,
  };
}
