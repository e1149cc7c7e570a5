import { CircleCheck } from 'lucide-react';
import { withCaret } from '../../../../src/policy/expression/issue.ts';
import type { Check, Issue } from '../../api/policy.ts';
import { plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { offsetOf } from './editor/place.ts';

interface Props {
  when: string;
  /** Of this very text; undefined while it is asked. */
  check: Check | undefined;
  onChange: (when: string) => void;
}

/** What is wrong with the expression and where, as the command line shows it; or what it reads and costs. */
export function Problems({ when, check, onChange }: Props) {
  return (
    <div role="status" aria-label="Check" className="grid gap-2 text-xs">
      {when.trim() === '' ? (
        <p className="text-muted">
          Names complete while you type: <code className="id">tx.</code>, <code className="id">features.</code>,{' '}
          <code className="id">count(…)</code>. Ctrl+Space shows what fits.
        </p>
      ) : !check ? (
        <p className="text-muted">Checking…</p>
      ) : (
        <>
          {check.errors.map((issue) => (
            <Problem key={`${issue.line}:${issue.column} ${issue.message}`} {...{ issue, when, onChange }} error />
          ))}
          {check.warnings.map((issue) => (
            <Problem key={`${issue.line}:${issue.column} ${issue.message}`} {...{ issue, when, onChange }} />
          ))}
          {check.ok && <Fine check={check} />}
        </>
      )}
    </div>
  );
}

function Problem({ issue, when, onChange, error = false }: { issue: Issue; error?: boolean } & Omit<Props, 'check'>) {
  const { message, suggestion } = issue;
  // The words are above, and the hint is a button.
  const [, ...lines] = withCaret(when, { ...issue, path: '/when', suggestion: undefined }).split('\n');
  const write = () => {
    const from = offsetOf(when, issue.line, issue.column);
    const to = Math.max(from, offsetOf(when, issue.endLine, issue.endColumn));
    onChange(when.slice(0, from) + suggestion + when.slice(to));
  };
  return (
    <div
      className={`min-w-0 rounded-md px-3 py-2 ${error ? 'bg-decline-soft text-decline' : 'bg-review-soft text-review'}`}
    >
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <p className="min-w-0 flex-1 text-sm text-pretty">{message}</p>
        {suggestion !== undefined && (
          <Button small onClick={write}>
            Write <code className="id">{suggestion}</code>
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll */}
      <pre tabIndex={0} className="id mt-1 overflow-x-auto leading-snug" data-caret>
        {lines.join('\n')}
      </pre>
    </div>
  );
}

function Fine({ check: { uses, cost } }: { check: Check }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted">
      <span className="inline-flex items-center gap-1 font-medium text-approve">
        <CircleCheck className="size-3.5" aria-hidden="true" /> It checks
      </span>
      {cost !== null && <span className="num">at most {plural(cost, 'step')}</span>}
      {uses.length > 0 && (
        <span className="flex min-w-0 flex-wrap gap-1">
          <span className="sr-only">It reads</span>
          {uses.map((name) => (
            <code key={name} className="id rounded bg-sunken px-1.5 py-px break-all">
              {name}
            </code>
          ))}
        </span>
      )}
    </div>
  );
}
