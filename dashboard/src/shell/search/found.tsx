import { useEffect, useRef } from 'react';
import type { Hit } from '../../api/search.ts';
import { Time } from '../../ui/bits.tsx';
import { KindIcon, kindWord } from '../../ui/kind.tsx';
import { OutcomeWord } from '../../ui/outcome.tsx';

interface Props {
  id: string;
  hits: Hit[];
  active: number;
  /** Of the text before: faint until the answer is there. */
  stale: boolean;
  onGo: (hit: Hit, apart: boolean) => void;
}

/** The options of the search box; the focus stays in the box, which names the active one. */
export function Found({ id, hits, active, stale, onGo }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label="What was found"
      aria-busy={stale}
      className={`min-h-0 overflow-y-auto overscroll-contain p-1.5 transition-opacity ${stale ? 'opacity-60' : ''}`}
    >
      {hits.map((hit, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box
        <div
          key={`${hit.type} ${hit.id}`}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={(event) => onGo(hit, event.ctrlKey || event.metaKey)}
          className="flex min-h-10 cursor-pointer items-center gap-3 rounded-[7px] px-2.5 py-1.5 hover:bg-sunken aria-selected:bg-info-soft max-sm:min-h-12"
        >
          <KindIcon kind={hit.type} />
          <span className="w-24 shrink-0 text-xs text-muted max-sm:hidden">{kindWord(hit.type)}</span>
          <span className="min-w-0 flex-1">
            <span className="flex min-w-0 items-baseline gap-2">
              <span className={`truncate font-medium ${named(hit) ? 'id' : ''}`}>{hit.title}</span>
              {hit.decision && (
                <span className="text-xs">
                  <OutcomeWord outcome={hit.decision} />
                </span>
              )}
            </span>
            <span className="block truncate text-xs text-muted">
              <span className="sm:hidden">{kindWord(hit.type)} </span>
              {besides(hit)}
            </span>
          </span>
          <span className="shrink-0 text-xs text-muted">
            <Time at={hit.at} />
          </span>
        </div>
      ))}
    </div>
  );
}

/** A name that is not a word. */
const named = ({ type, id, title }: Hit): boolean => type !== 'note' && title === id;

/** What tells it from others of its kind. */
function besides({ type, id, title, email, status, assignee, caseId, transactionId, entity }: Hit): string {
  if (type === 'case') return status === 'open' ? `open, with ${assignee ?? 'nobody'}` : String(status);
  if (type === 'note' && entity) return `on ${kindWord(entity.type).toLowerCase()} ${entity.id}`;
  if (type === 'note') return caseId ? 'on a case' : `on payment ${transactionId ?? ''}`;
  if (type === 'transaction') return id;
  return [email, id === title ? undefined : id].filter(Boolean).join(' · ');
}
