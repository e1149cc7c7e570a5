import { useState } from 'react';
import type { EntityView } from '../../api/types.ts';
import { count, fullTime } from '../../lib/format.ts';
import { EntityLink, Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { KindIcon, kindWord } from '../../ui/kind.tsx';

/** So that it ends about where the payments beside it do: no fewer than these, and no more. */
const [LEAST, FEW] = [4, 8];

/** What it was seen with, and when: a bar from the first to the last of its newest payments that name both. */
export function SeenWith({ of }: { of: EntityView }) {
  const [all, setAll] = useState(false);
  const shown = all ? of.linked : of.linked.slice(0, Math.min(FEW, Math.max(LEAST, of.transactions.length)));
  const times = of.linked.flatMap(({ firstAt, lastAt }) => [Date.parse(firstAt), Date.parse(lastAt)]);
  const first = Math.min(...times);
  const span = Math.max(1, Math.max(...times) - first);
  const at = (time: string) => ((Date.parse(time) - first) / span) * 100;
  return (
    <Panel title="Seen with, over time" note="in its newest 200" flush>
      <ul className="pb-2">
        {shown.map((one) => (
          <li
            key={`${one.type} ${one.id}`}
            className="grid h-8 grid-cols-[1rem_minmax(0,1fr)_6rem_2.5rem] items-center gap-3 border-t border-line px-4"
          >
            <KindIcon kind={one.type} className="size-3.5" />
            <span className="flex min-w-0">
              <span className="sr-only">{kindWord(one.type)}</span>
              <EntityLink type={one.type} id={one.id} className="min-w-0" />
            </span>
            <span
              className="relative h-1 rounded-full bg-sunken"
              role="img"
              aria-label={`from ${fullTime(new Date(one.firstAt))} to ${fullTime(new Date(one.lastAt))}`}
              title={`${fullTime(new Date(one.firstAt))} – ${fullTime(new Date(one.lastAt))}`}
            >
              <span
                className="absolute inset-y-0 min-w-1 rounded-full bg-ink"
                style={{
                  left: `${Math.min(96, at(one.firstAt))}%`,
                  width: `${Math.max(0, at(one.lastAt) - at(one.firstAt))}%`,
                }}
              />
            </span>
            <span className="num text-right text-xs text-muted">{count(one.transactions)}×</span>
          </li>
        ))}
      </ul>
      {of.linked.length > shown.length && (
        <div className="px-4 pb-3">
          <Button small onClick={() => setAll(true)}>
            Show all {count(of.linked.length)}
          </Button>
        </div>
      )}
    </Panel>
  );
}
