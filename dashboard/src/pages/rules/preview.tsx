import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { FlaskConicalOff, Telescope } from 'lucide-react';
import type { ReactNode } from 'react';
import { isAbsent, previewQuery } from '../../api/backtests.ts';
import type { RuleContent } from '../../api/policy.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, moneyShort } from '../../lib/format.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { Panel } from '../../ui/bits.tsx';
import { LoadingBlock } from '../../ui/states.tsx';
import { Basis, MoneyBars, MovedTable, Notes, Precision, WasAndWould } from './effect.tsx';
import { sumsOf } from './figures.ts';
import { useRights } from './rights.ts';

const AFTER_MS = 500;
/** What a rule that has no id yet is called meanwhile. */
const PREVIEWED = 'new-rule-of-the-preview';

/** What the rule would have done with the newest decisions, while it is typed. */
export function Preview({ id, content, checks }: { id?: string; content: RuleContent; checks: boolean }) {
  const { draft } = useRights();
  // Only what a preview reads: words of the rule do not ask again. Live, for what it would do is asked.
  const { name: _, reason: __, tags: ___, mode: ____, ...effect } = content;
  const typed = JSON.stringify({ ...effect, id: id ?? PREVIEWED, name: 'preview', mode: 'live' });
  const rule = useSettled(typed, AFTER_MS);
  const { data, error, isPlaceholderData, isFetching } = useQuery({
    ...previewQuery({ rule: JSON.parse(rule) }),
    // What checks is what is typed, not yet what has settled.
    enabled: checks && draft && rule === typed,
    placeholderData: keepPreviousData,
  });
  const own = data?.rules.find((one) => one.id === (id ?? PREVIEWED));
  return (
    <Panel
      title="What it would have done"
      note={data ? <Basis effect={data} /> : undefined}
      className={isPlaceholderData || isFetching ? '[&>div]:opacity-60' : ''}
    >
      <div aria-live="polite" aria-busy={isFetching}>
        {!draft ? (
          <Said>Your key lacks the scope review, which a preview asks for.</Said>
        ) : error ? (
          <Said icon={<FlaskConicalOff className="size-4" />}>
            {isAbsent(error) ? 'A preview is not available on this server.' : `There is no preview: ${error.message}`}{' '}
            The rule can be saved all the same: try it in shadow.
          </Said>
        ) : !checks && !data ? (
          <Said icon={<Telescope className="size-4" />}>
            Once the expression checks, this shows what it catches of the newest decisions, and whom it hurts.
          </Said>
        ) : !data ? (
          <LoadingBlock height={180} />
        ) : (
          <div className="grid gap-5">
            {own && <Own {...own} />}
            <WasAndWould effect={data} />
            <MovedTable moved={data.moved} />
            {sumsOf(data).some(({ amount }) => amount !== 0) && <MoneyBars effect={data} />}
            <Notes {...data} />
          </div>
        )}
      </div>
    </Panel>
  );
}

function Own({
  hits,
  alone,
  precision,
  interval,
  amount,
}: Parameters<typeof Precision>[0] & { hits: number; alone: number; amount: number }) {
  const base = useBaseCurrency();
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
      <Figure name="Hits" value={count(hits)} note={`${count(alone)} alone`} />
      <Figure name="Amount" value={moneyShort(amount, base)} />
      <div className="col-span-2">
        <dt className="text-xs text-muted">Precision</dt>
        <dd className="mt-1">
          <Precision precision={precision} interval={interval} />
        </dd>
      </div>
    </dl>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd>
        <span className="num text-xl font-semibold tracking-tight">{value}</span>
        {note && <span className="num ml-2 text-xs text-muted">{note}</span>}
      </dd>
    </div>
  );
}

function Said({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-muted text-pretty">
      {icon && (
        <span className="mt-0.5 shrink-0" aria-hidden="true">
          {icon}
        </span>
      )}
      <span>{children}</span>
    </p>
  );
}
