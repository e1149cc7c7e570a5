import { useNavigate } from '@tanstack/react-router';
import type { Transaction } from '../api/types.ts';
import { axisTime, clockTime, money } from '../lib/format.ts';
import { OUTCOMES } from '../ui/outcome.tsx';
import { useWidth } from './use-width.ts';

export interface Lane {
  name: string;
  transactions: Transaction[];
}

const LANE = 38;
const TOP = 6;

/** Recent payments of the user, the card and the device: when, how much (size) and what was decided (colour and shape). */
export function Timeline({ lanes, current }: { lanes: Lane[]; current: string }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const navigate = useNavigate();
  const left = width < 480 ? 56 : 76;
  const all = lanes.flatMap((lane) => lane.transactions);
  const times = all.map(({ transactionDate }) => Date.parse(transactionDate));
  const first = Math.min(...times);
  const span = Math.max(1000, Math.max(...times) - first);
  const most = Math.max(...all.map(({ amountBase, amount }) => amountBase ?? amount ?? 0), 1);
  const x = (time: number) => left + 10 + ((time - first) / span) * (width - left - 24);
  const radius = ({ amountBase, amount }: Transaction) => 3 + 6 * Math.sqrt((amountBase ?? amount ?? 0) / most);
  const height = TOP + lanes.length * LANE + 20;
  const marks = [0, 0.25, 0.5, 0.75, 1].filter((_, i) => width > 520 || i % 2 === 0);
  return (
    <div ref={ref}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={`Recent payments: ${lanes.map(({ name, transactions }) => `${name} ${transactions.length}`).join(', ')}`}
        className="block overflow-visible"
      >
        {lanes.map((lane, row) => {
          const y = TOP + row * LANE + LANE / 2;
          return (
            <g key={lane.name}>
              <text x="0" y={y + 4} className="fill-muted text-xs">
                {lane.name}
              </text>
              <line x1={left} x2={width} y1={y} y2={y} className="stroke-line" />
              {[...lane.transactions].reverse().map((transaction) => (
                // biome-ignore lint/a11y/noStaticElementInteractions: the table below has the same as links
                <g
                  key={transaction.id}
                  className="cursor-pointer"
                  transform={`translate(${x(Date.parse(transaction.transactionDate))} ${y})`}
                  onClick={() => navigate({ to: '/decisions/$id', params: { id: transaction.id } })}
                >
                  <title>
                    {`${clockTime(new Date(transaction.transactionDate))} · ${money(transaction.amount, transaction.currency)} · ${transaction.decision ? OUTCOMES[transaction.decision].past : transaction.status}`}
                  </title>
                  <Mark transaction={transaction} r={radius(transaction)} current={transaction.id === current} />
                </g>
              ))}
            </g>
          );
        })}
        {marks.map((share) => (
          <text
            key={share}
            x={x(first + share * span)}
            y={height - 4}
            textAnchor={share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}
            className="num fill-muted text-2xs"
          >
            {axisTime(new Date(first + share * span), span)}
          </text>
        ))}
      </svg>
    </div>
  );
}

function Mark({ transaction: { decision }, r, current }: { transaction: Transaction; r: number; current: boolean }) {
  const style = decision ? OUTCOMES[decision].fill : 'fill-faint';
  return (
    <>
      {current && <circle r={r + 4} className="fill-none stroke-ink" strokeWidth="1.5" />}
      {decision === 'decline' ? (
        <rect
          x={-r * 0.85}
          y={-r * 0.85}
          width={r * 1.7}
          height={r * 1.7}
          rx="1"
          className={`${style} stroke-surface`}
        />
      ) : decision === 'review' ? (
        <path d={`M0 ${-r}L${r} ${r * 0.8}H${-r}Z`} className={`${style} stroke-surface`} />
      ) : (
        <circle r={r} className={`${style} stroke-surface`} opacity="0.85" />
      )}
    </>
  );
}
