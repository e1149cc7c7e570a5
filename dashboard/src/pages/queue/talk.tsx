import { type RefObject, useId } from 'react';
import type { WholeCase } from '../../api/cases.ts';
import { Kbd, Panel, Time } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Deed, useWho } from './conflict.tsx';
import { useDraft } from './drafts.ts';
import { TemplateChoice } from './templates.tsx';
import { wordsOf } from './work.ts';

interface Props {
  of: WholeCase;
  busy: boolean;
  box: RefObject<HTMLTextAreaElement | null>;
  /** `awaits`: whether the customer is awaited from then on. */
  onComment: (text: string, awaits?: boolean) => void;
}

/** What people did and said, the oldest first, and the place to say more. */
export function Talk({ of, busy, box, onComment }: Props) {
  const [text, setText] = useDraft(of.id, 'comment');
  const id = useId();
  const who = useWho('You');
  const send = (awaits?: boolean) => !busy && text.trim() !== '' && onComment(text.trim(), awaits);
  const isAwaited = of.awaitingSince !== null;
  return (
    <Panel title="Comments and history">
      <ol className="flex flex-col gap-2.5">
        {of.history.map((act) => (
          <li key={`${act.at} ${act.type}`}>
            <p className="flex items-baseline gap-2">
              <span className="min-w-0">
                <Deed act={act} who={who(act)} />
              </span>
              <span className="ml-auto text-xs text-muted">
                <Time at={act.at} />
              </span>
            </p>
            {wordsOf(act) && (
              <p className="mt-0.5 border-l-2 border-line pl-2.5 break-words whitespace-pre-wrap">{wordsOf(act)}</p>
            )}
          </li>
        ))}
      </ol>
      <form
        className="mt-4"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label htmlFor={id} className="mb-1 flex items-center gap-1.5 text-xs font-medium text-muted">
          Comment{' '}
          <span className="max-lg:hidden">
            <Kbd>c</Kbd>
          </span>
        </label>
        <textarea
          ref={box}
          id={id}
          rows={2}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            send();
          }}
          className="control w-full"
        />
        <div className="mt-1.5 flex flex-wrap items-center justify-end gap-2">
          <span className="mr-auto text-xs text-muted max-sm:hidden">
            Ctrl + Enter sends, Esc goes back to the list
          </span>
          <TemplateChoice value={text} onChange={setText} />
          {of.status === 'open' && (of.dueAt !== null || isAwaited) && (
            <Button
              small
              needs={['review']}
              disabled={busy || text.trim() === ''}
              title={isAwaited ? 'The time goes on' : 'The time stands still until there is an answer'}
              onClick={() => send(!isAwaited)}
            >
              {isAwaited ? 'Customer answered' : 'Await the customer'}
            </Button>
          )}
          <Button type="submit" small needs={['review']} disabled={busy || text.trim() === ''}>
            Comment
          </Button>
        </div>
      </form>
    </Panel>
  );
}
