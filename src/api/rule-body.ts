import { AssayError, type FieldError } from '../domain/errors.ts';
import type { RuleContent } from '../domain/policy.ts';
import { parseTime, unzonedWarning } from '../intake/time.ts';
import type { Check } from '../policy/expression/check.ts';
import type { RuleFields } from './contract/policy.ts';

const DEFAULTS: Omit<RuleContent, 'name' | 'when' | 'outcome'> = {
  ...{ mode: 'off', priority: 0, reason: '', rollout: null, suppress: null, hard: false },
  ...{ actions: [], validFrom: null, validTo: null, tags: [] },
};

const MOMENTS = ['validFrom', 'validTo'] as const;

/** What a body makes of a rule; what it leaves out stays as it was, or is by default. Throws `invalid_request`. */
export function contentOf(
  body: RuleFields,
  before: RuleContent | undefined,
  entityTypes: readonly string[],
): RuleContent {
  const errors: FieldError[] = [];
  const sent = Object.fromEntries(Object.keys(CONTENT).flatMap((name) => given(body, name)));
  const content = { ...DEFAULTS, ...before, ...sent } as RuleContent;
  for (const name of MOMENTS)
    if (typeof body[name] === 'string') content[name] = moment(body[name], `/${name}`, errors);
  if (content.validFrom !== null && content.validTo !== null && !(content.validFrom < content.validTo))
    errors.push({ path: '/validTo', message: 'must be later than validFrom' });
  const { rollout, suppress } = content;
  if (rollout && !entityTypes.includes(rollout.by)) errors.push(noEntity('/rollout/by', entityTypes));
  if (suppress && !entityTypes.includes(suppress.entity)) errors.push(noEntity('/suppress/entity', entityTypes));
  if (content.hard && content.outcome !== 'decline')
    errors.push({ path: '/hard', message: 'is for rules that decline: it beats every priority' });
  for (const name of ['name', 'when', 'reason'] as const)
    if (!content[name].isWellFormed() || content[name].includes('\u0000'))
      errors.push({ path: `/${name}`, message: 'must be well-formed Unicode without U+0000' });
  if (errors.length > 0)
    throw new AssayError('invalid_request', errors.map(({ path, message }) => `${path} ${message}.`).join(' '), {
      errors,
    });
  return content;
}

/** Of the moments that a body names without an offset. */
export function unzonedMoments(body: Pick<RuleFields, (typeof MOMENTS)[number]>): string[] {
  return MOMENTS.filter((name) => typeof body[name] === 'string' && parseTime(body[name])?.unzoned).map(unzonedWarning);
}

/** Throws `rule_invalid` where an expression does not check; else what it remarked. */
export function assertChecks({ ok, errors, warnings }: Check): string[] {
  if (ok) return warnings.map(({ message, line, column }) => `when ${line}:${column}: ${message}`);
  const [{ line, column, message }] = errors;
  const more = errors.length > 1 ? ` And ${errors.length - 1} more.` : '';
  throw new AssayError('rule_invalid', `The rule does not check: line ${line}, column ${column}: ${message}${more}`, {
    errors,
  });
}

/** What is worth knowing of a rule that checks. `now`, milliseconds. */
export function remarks({ outcome, priority, mode, hard, validTo, rollout }: RuleContent, now: number): string[] {
  if (mode === 'off') return [];
  const found: string[] = [];
  if (outcome === 'approve' && !hard && priority < 1)
    found.push(
      'A rule that approves at a priority below 1 never overrides the model: at 0 the stricter wins, and below it the model speaks first.',
    );
  if (validTo !== null && validTo <= now)
    found.push(`The rule is over: since ${new Date(validTo).toISOString()}, its validTo, it hits nothing.`);
  if (mode === 'live' && rollout?.percent === 0)
    found.push('With a rollout of 0 percent the rule is live for nobody: its hits are recorded as in shadow.');
  return found;
}

const CONTENT: Record<keyof RuleContent, true> = {
  ...{ name: true, when: true, outcome: true, mode: true, priority: true, reason: true, rollout: true },
  ...{ suppress: true, hard: true, actions: true, validFrom: true, validTo: true, tags: true },
};

function given(body: RuleFields, name: string): [string, unknown][] {
  const value = (body as Record<string, unknown>)[name];
  return value === undefined ? [] : [[name, value]];
}

function moment(text: string, path: string, errors: FieldError[]): number | null {
  const parsed = parseTime(text);
  if (!parsed) errors.push({ path, message: 'must be an RFC 3339 time' });
  return parsed?.time ?? null;
}

const noEntity = (path: string, entityTypes: readonly string[]): FieldError => ({
  path,
  message: `must be one of ${entityTypes.join(', ')}`,
});
