import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { type Queue, queuesQuery } from '../../api/desk.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, moneyShort, plural } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { QueueForm } from './queue-form.tsx';

/** Named parts of the open cases, and who works them. */
export function Queues() {
  const { data, error, refetch } = useQuery(queuesQuery());
  const [edited, setEdited] = useState<Queue | 'new'>();
  const close = () => setEdited(undefined);
  return (
    <Panel
      title="Queues"
      flush
      aside={
        <Button small needs={['review']} icon={<Plus className="size-3.5" />} onClick={() => setEdited('new')}>
          New queue
        </Button>
      }
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows rows={3} />
      ) : data.data.length === 0 ? (
        <Empty title="No queues yet">
          A queue is a part of the open cases, by rule, amount or score, with those who work it. Without any, the next
          case is the most urgent of all.
        </Empty>
      ) : (
        <ul>
          {data.data.map((queue) => (
            <Row
              key={queue.id}
              queue={queue}
              open={data.open}
              away={new Set(data.absences.map(({ name }) => name))}
              onEdit={() => setEdited(queue)}
            />
          ))}
        </ul>
      )}
      <Dialog
        open={edited !== undefined}
        onClose={close}
        title={edited === 'new' ? 'New queue' : 'Change the queue'}
        note="What is left empty is not asked for."
        wide
      >
        {edited && (
          <QueueForm
            known={edited === 'new' ? undefined : edited}
            onClose={close}
            key={edited === 'new' ? '' : edited.id}
          />
        )}
      </Dialog>
    </Panel>
  );
}

interface RowProps {
  queue: Queue;
  /** Open cases of each member. */
  open: Record<string, number>;
  away: ReadonlySet<string>;
  onEdit: () => void;
}

function Row({ queue, open, away, onEdit }: RowProps) {
  const base = useBaseCurrency();
  const { load } = queue;
  return (
    <li className="border-t border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-48">
          <Link
            to="/queue"
            search={{ queue: queue.id }}
            className="font-medium underline decoration-edge underline-offset-3 hover:decoration-current"
          >
            {queue.name}
          </Link>
          <p className="text-xs text-muted">{asksFor(queue, (amount) => moneyShort(amount, base))}</p>
        </div>
        <p className="num text-xs text-muted">
          <span className="font-medium text-ink">{count(load.open)}</span> open, {count(load.unassigned)} with nobody
          {load.overdue > 0 && <span className="text-decline">, {count(load.overdue)} overdue</span>}
        </p>
        <IconButton needs={['review']} label={`Change the queue ${queue.name}`} onClick={onEdit}>
          <Pencil className="size-3.5" />
        </IconButton>
      </div>
      <p className="mt-1.5 text-xs text-muted">
        {queue.mode === 'pull' ? 'Whoever is free takes the next.' : 'Given in turn.'}
        {queue.capacity !== null && ` At most ${plural(queue.capacity, 'open case')} each.`}
      </p>
      <ul aria-label={`Members of ${queue.name}`} className="mt-1.5 flex flex-wrap gap-1.5">
        {queue.members.map((member) => (
          <li
            key={member}
            className={`inline-flex h-6 max-w-full items-center gap-1.5 rounded-full border border-line px-2.5 text-xs ${away.has(member) ? 'border-dashed text-muted' : ''}`}
          >
            <span className="truncate">{member}</span>
            <span className="num whitespace-nowrap text-muted">
              {away.has(member) ? 'away' : plural(open[member] ?? 0, 'case')}
            </span>
            {queue.mode === 'round-robin' && queue.turn === member && (
              <span className="whitespace-nowrap text-muted">· had the last one</span>
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}

/** "A payment hit card-testing; from $1,000" */
function asksFor({ rules, minAmount, maxAmount, minScore }: Queue, money: (amount: number) => string): string {
  const asked = [
    rules && `a payment hit ${rules.join(' or ')}`,
    minAmount !== null && `amount from ${money(minAmount)}`,
    maxAmount !== null && `${minAmount === null ? 'amount ' : ''}below ${money(maxAmount)}`,
    minScore !== null && `score from ${minScore}`,
  ].filter(Boolean);
  const words = asked.join(', ');
  return words === '' ? 'All open cases' : words.charAt(0).toUpperCase() + words.slice(1);
}
