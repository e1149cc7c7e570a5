import { Link } from '@tanstack/react-router';
import { Check, CircleHelp, X } from 'lucide-react';
import { useState } from 'react';
import type { Explanation, RuleExplained, Transaction } from '../../api/types.ts';
import { percent } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { OUTCOMES } from '../../ui/outcome.tsx';
import { Asks, ModeBadge } from '../rules/mode-badge.tsx';

const SHOWN = 6;

/** Who decided, what is asked for beside it, and each rule of that version: why it hit, and why not. */
export function DecisionRules({
  transaction,
  explanation,
}: {
  transaction: Transaction;
  explanation: Explanation | undefined;
}) {
  const { decidedBy, actions = [], control, policyVersion, rules: hits = [] } = transaction;
  const [all, setAll] = useState(false);
  const explained = (explanation?.rules ?? []).toSorted((a, b) => rank(a) - rank(b));
  if (explained.length === 0 && hits.length === 0 && actions.length === 0 && !control) return null;
  const shown = all ? explained : explained.slice(0, SHOWN);
  return (
    <section aria-label="Rules" className="mt-4 border-t border-line pt-3">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h3 className="text-sm font-semibold">Rules</h3>
        <p className="text-xs text-muted">
          {decidedBy !== undefined && deciderWords(decidedBy)}
          {policyVersion !== undefined && `, policy version ${policyVersion}`}
        </p>
      </div>
      {control && (
        <p className="mb-2 rounded-md bg-info-soft px-3 py-2">
          Let through to learn from: it would have been {OUTCOMES[control.would].past.toLowerCase()}, and was drawn for
          the control share of {percent(control.share)}.
        </p>
      )}
      {actions.length > 0 && (
        <p className="mb-2">
          <span className="text-muted">Asked for beside it: </span>
          {actions.map((action) => (
            <code key={action} className="id mr-1.5 rounded bg-sunken px-1.5 py-px">
              {action}
            </code>
          ))}
        </p>
      )}
      <ul>
        {shown.map((rule) => (
          <Explained
            key={rule.id}
            rule={rule}
            outcome={hits.find(({ id }) => id === rule.id)?.outcome}
            decided={decidedBy === `rule:${rule.id}`}
          />
        ))}
      </ul>
      {explained.length > shown.length && (
        <Button small kind="quiet" className="mt-1" onClick={() => setAll(true)}>
          All {explained.length} rules
        </Button>
      )}
    </section>
  );
}

const rank = ({ hit, mode }: RuleExplained): number => (hit ? 0 : 2) + (mode === 'live' ? 0 : 1);

function deciderWords(by: string): string {
  if (by === 'model') return 'the model decided';
  if (by === 'control') return 'the control share decided';
  if (by === 'none') return 'nobody had a voice';
  return `${by.replace(/^rule:/, 'rule ')} decided`;
}

function Explained({
  rule,
  outcome,
  decided,
}: {
  rule: RuleExplained;
  outcome: Transaction['decision'];
  decided: boolean;
}) {
  return (
    <li className="border-line py-2 not-first:border-t">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Link
          to="/rules/edit/$id"
          params={{ id: rule.id }}
          className="id font-medium decoration-faint underline-offset-3 hover:underline"
        >
          {rule.id}
        </Link>
        <span className="num text-xs text-muted">version {rule.version}</span>
        <ModeBadge mode={rule.mode} />
        <span className={`text-xs ${rule.hit ? 'font-medium' : 'text-muted'}`}>{rule.hit ? 'hit' : 'did not hit'}</span>
        {rule.hit && outcome && (
          <span className="text-xs">
            <Asks outcome={outcome} />
          </span>
        )}
        {decided && <span className="rounded bg-accent px-1.5 text-2xs font-medium text-on-accent">decided</span>}
      </p>
      <ul className="mt-1 grid gap-0.5">
        {rule.clauses.map(({ text, value }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a clause is its place
          <li key={i} className="flex items-start gap-2">
            <Value value={value} />
            <code className="id min-w-0 pt-px break-words">{text}</code>
          </li>
        ))}
      </ul>
    </li>
  );
}

/** A shape, a colour and a word each. */
function Value({ value }: { value: boolean | null }) {
  const { Icon, tone, word } =
    value === null
      ? { Icon: CircleHelp, tone: 'text-muted', word: 'unknown' }
      : value
        ? { Icon: Check, tone: 'text-ink', word: 'true' }
        : { Icon: X, tone: 'text-muted', word: 'false' };
  return (
    <span
      className={`inline-flex w-18 shrink-0 items-center gap-1 text-xs ${tone}`}
      title={value === null ? 'Something that it reads was absent' : undefined}
    >
      <Icon className="size-3.5 shrink-0" aria-hidden="true" />
      {word}
    </span>
  );
}
