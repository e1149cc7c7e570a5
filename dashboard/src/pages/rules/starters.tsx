import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { PACK, PACK_LISTS } from '../../../../src/policy/pack.ts';
import { addEntries, createList, listsQuery } from '../../api/lists.ts';
import type { Rule } from '../../api/policy.ts';
import { plural } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { failed, told } from '../../ui/toast.tsx';
import { Asks } from './mode-badge.tsx';
import { useRights } from './rights.ts';

/** Rules to begin with, each with what it catches and hurts. One is looked at before it is saved, and is off until chosen. */
export function Starters({ taken, open }: { taken: Rule[]; open: boolean }) {
  const { draft } = useRights();
  const left = PACK.filter(({ id }) => !taken.some((rule) => rule.id === id));
  if (left.length === 0 || !draft) return null;
  return (
    <Panel title="Rules to begin with" note={plural(left.length, 'rule')} flush>
      <details open={open}>
        <summary className="mx-4 mb-3 w-fit rounded text-xs text-muted hover:text-ink">
          What each catches, whom it may hurt, and where its threshold comes from
        </summary>
        <MissingLists />
        <ul>
          {left.map(({ id, content, words, source }) => (
            <li
              key={id}
              className="grid items-start gap-x-4 gap-y-2 border-t border-line px-4 py-3 sm:grid-cols-[minmax(0,1fr)_auto]"
            >
              <div className="min-w-0">
                <p className="flex flex-wrap items-baseline gap-x-3">
                  <span className="font-medium">{content.name}</span>
                  <span className="text-xs">
                    <Asks outcome={content.outcome} hard={content.hard} />
                  </span>
                </p>
                <code className="id mt-0.5 block break-words text-muted">{content.when}</code>
                <p className="mt-1 max-w-prose text-pretty">{words}</p>
                <p className="mt-0.5 text-xs text-muted">{source}</p>
              </div>
              <Link
                to="/rules/new"
                search={{ from: id }}
                className={buttonClass('plain', true)}
                aria-label={`Try ${content.name}`}
              >
                Try it…
              </Link>
            </li>
          ))}
        </ul>
      </details>
    </Panel>
  );
}

/** Some of them ask lists, which are made by one click. */
function MissingLists() {
  const client = useQueryClient();
  const { live } = useRights();
  const { data } = useQuery(listsQuery());
  const missing = PACK_LISTS.filter(({ name }) => !data?.data.some((list) => list.name === name));
  const { mutate, isPending } = useMutation({
    mutationFn: async () => {
      for (const { name, type, description, values } of missing) {
        await createList({ name, type, description, fromCases: type === 'card' || type === 'device' || type === 'ip' });
        if (values.length > 0)
          await addEntries(
            name,
            values.map((value) => ({ value })),
          );
      }
    },
    onSuccess: () => told('The lists are there'),
    onError: (error) => failed('Not all lists were made', error),
    onSettled: () => void client.invalidateQueries({ queryKey: ['lists'] }),
  });
  if (!data || missing.length === 0 || !live) return null;
  return (
    <p className="mx-4 mb-3 flex flex-wrap items-center gap-3 rounded-md bg-sunken px-3 py-2 text-xs">
      <span className="min-w-0 flex-1 text-pretty">
        Some ask lists that are not there yet: {missing.map(({ name }) => name).join(', ')}.
      </span>
      <Button small disabled={isPending} onClick={() => mutate()}>
        Make them
      </Button>
    </p>
  );
}
