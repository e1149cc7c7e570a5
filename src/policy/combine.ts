import type { Outcome } from '../domain/decision.ts';
import type { RuleHit } from '../domain/policy.ts';
import type { Program } from './program.ts';

/** Who made a decision: `control` where the control share let a decline through, `none` where nobody had a voice. */
export type DecidedBy = 'model' | 'control' | 'none' | `rule:${string}`;

export interface Combined {
  decision: Outcome;
  decidedBy: DecidedBy;
  /** Whether a hard decline won: nothing lets it through. */
  hard: boolean;
  /** What all live hits ask for, each once, sorted. */
  actions: readonly string[];
}

export const STRICTNESS: Readonly<Record<Outcome, number>> = { approve: 0, review: 1, decline: 2 };
const NO_ACTIONS: readonly string[] = Object.freeze([]);

/**
 * Which voice wins. A live hit that is a hard decline beats everything; else live hits and the model (priority 0) by priority,
 * then the strictest, then a rule before the model, then the smallest id. Where nobody speaks it is approved by `none`.
 */
export function combine(
  hits: readonly RuleHit[],
  model: Outcome | undefined,
  program: Pick<Program, 'byId'>,
): Combined {
  let best: RuleHit | undefined;
  let hard = false;
  let actions: Set<string> | undefined;
  for (const hit of hits) {
    if (hit.mode !== 'live') continue;
    const rule = program.byId.get(hit.id)?.rule.content;
    for (const action of rule?.actions ?? NO_ACTIONS) (actions ??= new Set()).add(action);
    const isHard = rule?.hard === true && hit.outcome === 'decline';
    if (best === undefined || (isHard && !hard) || (isHard === hard && before(hit, best))) {
      best = hit;
      hard = isHard;
    }
  }
  const asked = actions === undefined ? NO_ACTIONS : [...actions].sort();
  if (best !== undefined && (hard || model === undefined || beatsModel(best, model))) {
    return { decision: best.outcome, decidedBy: `rule:${best.id}`, hard, actions: asked };
  }
  return {
    decision: model ?? 'approve',
    decidedBy: model === undefined ? 'none' : 'model',
    hard: false,
    actions: asked,
  };
}

function before(a: RuleHit, b: RuleHit): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.outcome !== b.outcome) return STRICTNESS[a.outcome] > STRICTNESS[b.outcome];
  return a.id < b.id;
}

function beatsModel(hit: RuleHit, model: Outcome): boolean {
  return hit.priority !== 0 ? hit.priority > 0 : STRICTNESS[hit.outcome] >= STRICTNESS[model];
}
