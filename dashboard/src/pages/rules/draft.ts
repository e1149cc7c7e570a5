import type { RuleContent, RuleMode } from '../../api/policy.ts';
import type { Outcome } from '../../api/types.ts';

/** A rule as its form has it: numbers, times and lists of words are texts until it is saved. */
export interface Draft {
  name: string;
  when: string;
  outcome: Outcome;
  mode: RuleMode;
  priority: string;
  reason: string;
  /** Empty: applied to all. */
  percent: string;
  rolloutBy: string;
  /** Empty: alerts each time. */
  suppressBy: string;
  suppressHours: string;
  hard: boolean;
  actions: string;
  /** Of `datetime-local`, in the reader's zone. */
  validFrom: string;
  validTo: string;
  tags: string;
}

export const BLANK: Draft = {
  ...{ name: '', when: '', outcome: 'review', mode: 'off', priority: '0', reason: '', percent: '', rolloutBy: 'user' },
  ...{ suppressBy: '', suppressHours: '24', hard: false, actions: '', validFrom: '', validTo: '', tags: '' },
};

export function draftOf(rule: RuleContent): Draft {
  const { name, when, outcome, mode, priority, reason, rollout, suppress, hard, actions, tags } = rule;
  return {
    ...{ name, when, outcome, mode, reason, hard },
    priority: String(priority),
    percent: rollout ? String(rollout.percent) : '',
    rolloutBy: rollout?.by ?? BLANK.rolloutBy,
    suppressBy: suppress?.entity ?? '',
    suppressHours: suppress ? String(suppress.seconds / 3600) : BLANK.suppressHours,
    actions: actions.join(', '),
    validFrom: localOf(rule.validFrom),
    validTo: localOf(rule.validTo),
    tags: tags.join(', '),
  };
}

/** What is sent of it. What the server would refuse is left as it is: its words are better. */
export function contentOf(draft: Draft): RuleContent {
  const { name, when, outcome, mode, reason } = draft;
  return {
    ...{ name: name.trim(), when, outcome, mode, reason: reason.trim() },
    priority: Number(draft.priority || 0),
    rollout: draft.percent.trim() === '' ? null : { percent: Number(draft.percent), by: draft.rolloutBy },
    suppress:
      draft.suppressBy === ''
        ? null
        : { entity: draft.suppressBy, seconds: Math.round(Number(draft.suppressHours) * 3600) },
    hard: draft.hard && outcome === 'decline',
    actions: wordsOf(draft.actions),
    validFrom: timeOf(draft.validFrom),
    validTo: timeOf(draft.validTo),
    tags: wordsOf(draft.tags),
  };
}

const wordsOf = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter(Boolean);

/** To the second, which is what `datetime-local` takes. */
export function localOf(time: string | null): string {
  if (time === null) return '';
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

export function timeOf(local: string): string | null {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** `Card testing: 3 cards` → `card-testing-3-cards`, an id that people can read. */
export const idOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);

export const sameContent = (a: RuleContent, b: RuleContent): boolean => JSON.stringify(a) === JSON.stringify(b);
