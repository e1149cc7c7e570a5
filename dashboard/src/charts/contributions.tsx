import { useState } from 'react';
import type { Explanation } from '../api/types.ts';
import { percent, signed } from '../lib/format.ts';
import { Button } from '../ui/button.tsx';
import { waterfall } from './waterfall.ts';

/**
 * A waterfall in log-odds: it begins at the model's base value, every reason moves it, and it ends at the score. Nothing
 * is left out: what is not shown one by one is one step, so the steps always add up.
 */
export function Contributions({ explanation, shown = 8 }: { explanation: Explanation; shown?: number }) {
  const [all, setAll] = useState(false);
  const sorted = [...explanation.contributions].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const moving = sorted.filter(({ contribution }) => contribution !== 0);
  const steps = waterfall(explanation.baseValue, moving, all ? moving.length : shown);
  const ends = steps.flatMap(({ from, to }) => [from, to]).concat(explanation.baseValue, explanation.rawScore, 0);
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const pad = (high - low || 1) * 0.04;
  const at = (value: number) => ((value - low + pad) / (high - low + 2 * pad)) * 100;

  return (
    <div>
      <ol className="text-sm">
        <Row text="Where the model starts" note="before anything is known of it" value={explanation.baseValue}>
          <Dot at={at(explanation.baseValue)} zero={at(0)} />
        </Row>
        {steps.map(({ key, text, note, from, to }) => (
          <Row key={key} text={text} note={note} value={to - from} signedValue>
            <Bar from={at(from)} to={at(to)} zero={at(0)} />
          </Row>
        ))}
        <Row
          text="Score"
          note={`log-odds; calibrated: ${percent(explanation.probability)}`}
          value={explanation.rawScore}
          strong
        >
          <Dot at={at(explanation.rawScore)} zero={at(0)} strong />
        </Row>
      </ol>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-muted">
        <span className="flex items-center gap-1.5">
          <span className="size-2 rounded-[2px] bg-decline-fill" aria-hidden="true" /> towards fraud
        </span>
        <span className="flex items-center gap-1.5">
          <span className="size-2 rounded-[2px] bg-approve-fill" aria-hidden="true" /> towards genuine
        </span>
        {moving.length > shown && (
          <Button small kind="quiet" className="ml-auto" onClick={() => setAll(!all)}>
            {all ? 'Show the strongest' : `Show all ${moving.length}`}
          </Button>
        )}
      </div>
    </div>
  );
}

function Row({
  text,
  note,
  value,
  signedValue = false,
  strong = false,
  children,
}: {
  text: string;
  note?: string;
  value: number;
  signedValue?: boolean;
  strong?: boolean;
  children: React.ReactNode;
}) {
  const tone = signedValue ? (value > 0 ? 'text-decline' : 'text-approve') : 'text-ink';
  return (
    <li
      className={`grid grid-cols-[minmax(0,1fr)_3.5rem] items-center gap-x-3 gap-y-1 border-line py-1.5 sm:grid-cols-[minmax(0,1.15fr)_minmax(7rem,1fr)_3.5rem] ${strong ? 'mt-1 border-t pt-2 font-medium' : ''}`}
    >
      <span className="min-w-0 leading-snug text-pretty">
        {text}
        {note && <span className="ml-1.5 text-xs font-normal text-muted">{note}</span>}
      </span>
      <span className="relative order-3 col-span-2 h-3.5 sm:order-none sm:col-span-1">{children}</span>
      <span className={`num text-right font-medium ${tone}`}>{signed(value)}</span>
    </li>
  );
}

function Zero({ zero }: { zero: number }) {
  return <span className="absolute -inset-y-1.5 w-px bg-line" style={{ left: `${zero}%` }} />;
}

function Bar({ from, to, zero }: { from: number; to: number; zero: number }) {
  const up = to > from;
  return (
    <span aria-hidden="true">
      <Zero zero={zero} />
      <span
        className={`absolute inset-y-0.5 rounded-[2px] ${up ? 'bg-decline-fill' : 'bg-approve-fill'}`}
        style={{ left: `${Math.min(from, to)}%`, width: `${Math.max(Math.abs(to - from), 0.5)}%` }}
      />
    </span>
  );
}

function Dot({ at, zero, strong = false }: { at: number; zero: number; strong?: boolean }) {
  return (
    <span aria-hidden="true">
      <Zero zero={zero} />
      <span
        className={`absolute top-1/2 size-2 -translate-1/2 rounded-full ${strong ? 'bg-ink' : 'bg-edge'}`}
        style={{ left: `${at}%` }}
      />
    </span>
  );
}
