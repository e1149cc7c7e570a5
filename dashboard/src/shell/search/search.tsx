import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Search as Glass, X } from 'lucide-react';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { type Hit, MOST_HITS, searchQuery } from '../../api/search.ts';
import { plural } from '../../lib/format.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { Kbd } from '../../ui/bits.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Found } from './found.tsx';
import { isEntity, likeliest, placeOf } from './place.ts';

const PAUSE_MS = 120;

/** One box for everything that has a name: typed, walked through by the arrows, gone to by Enter. */
export function Search({ open, onClose }: { open: boolean; onClose: () => void }) {
  const box = useRef<HTMLInputElement>(null);
  const went = useRef(false);
  const back = useRef<HTMLElement | null>(null);
  const finish = (gone: boolean) => {
    went.current = gone;
    onClose();
  };
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && finish(false)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35 transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60" />
        <Dialog.Popup
          data-modal
          initialFocus={box}
          finalFocus={() => (went.current ? intoPage() : back.current?.isConnected ? back.current : true)}
          className="fixed top-[10vh] left-1/2 z-50 flex max-h-[76vh] w-[min(40rem,calc(100vw-2rem))] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-2xl transition-all data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0 max-sm:top-2 max-sm:max-h-[calc(100dvh-1rem)] max-sm:w-[calc(100vw-1rem)]"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Box input={box} back={back} onClose={finish} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const keyOf = ({ type, id, title }: Hit) => JSON.stringify([type, id, title]);

/** Whoever has gone somewhere is in that page; whoever gave up is back where they were. */
function intoPage(): false {
  queueMicrotask(() => document.getElementById('main')?.focus({ preventScroll: true }));
  return false;
}

function Box({
  input,
  back,
  onClose,
}: {
  input: RefObject<HTMLInputElement | null>;
  /** Where the focus was. */
  back: RefObject<HTMLElement | null>;
  onClose: (gone: boolean) => void;
}) {
  const router = useRouter();
  const [text, setText] = useState('');
  const asked = useSettled(text.trim(), PAUSE_MS);
  const { data, error, isPlaceholderData } = useQuery(searchQuery(asked));
  const hits = data?.data ?? [];
  const typed = text.trim();
  /** What the arrows chose for this text: it stays chosen when the hits of a shorter one give way to its own. */
  const [chosen, setChosen] = useState<{ of: string; hit: string }>();
  /** Enter was quicker than the answer. */
  const [eager, setEager] = useState<'open' | 'list'>();
  const list = useId();
  const answered = asked === typed && data !== undefined && !isPlaceholderData;
  const found = chosen?.of === typed ? hits.findIndex((hit) => keyOf(hit) === chosen.hit) : -1;
  const active = found === -1 ? likeliest(hits, asked) : found;

  const go = (hit: Hit, apart = false, listed = false) => {
    const place = placeOf(hit, listed);
    if (apart) return void window.open(router.buildLocation(place).href, '_blank', 'noopener');
    onClose(true);
    void router.navigate(place);
  };
  // At once: what is typed right behind the key that opened it is for the box.
  useLayoutEffect(() => {
    if (document.activeElement !== input.current) back.current = document.activeElement as HTMLElement | null;
    input.current?.focus();
  }, [input, back]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the answer is there
  useEffect(() => {
    if (!eager || !answered) return;
    setEager(undefined);
    if (hits[active]) go(hits[active], false, eager === 'list' && isEntity(hits[active]));
  }, [eager, answered]);

  function onKeyDown(event: KeyboardEvent): void {
    // What an input method is still composing is not a text yet.
    if (event.nativeEvent.isComposing) return;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 }[event.key];
    if (to !== undefined && hits.length > 0) {
      event.preventDefault();
      const step = event.key.startsWith('Arrow');
      const last = hits.length - 1;
      const next = step ? (to + hits.length) % hits.length : Math.max(0, Math.min(last, to));
      setChosen({ of: typed, hit: keyOf(hits[next]) });
    }
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (!answered) setEager(typed === '' ? undefined : event.altKey ? 'list' : 'open');
    else if (hits[active]) go(hits[active], event.ctrlKey || event.metaKey, event.altKey && isEntity(hits[active]));
  }

  const shown = asked !== '' && hits.length > 0;
  return (
    <>
      <div className="flex h-13 shrink-0 items-center gap-2.5 border-b border-line pr-2 pl-4">
        <Glass className="size-4 shrink-0 text-muted" aria-hidden="true" />
        <input
          ref={input}
          role="combobox"
          aria-label="Search everything"
          aria-expanded={shown}
          aria-controls={shown ? list : undefined}
          aria-autocomplete="list"
          aria-activedescendant={shown ? `${list}-${active}` : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={255}
          enterKeyHint="go"
          placeholder="User, card, device, IP, e-mail, amount, id, note…"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setEager(undefined);
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-muted max-sm:text-[1rem]"
        />
        <IconButton label="Close" onClick={() => onClose(false)}>
          <X className="size-4" />
        </IconButton>
      </div>
      <p role="status" className="sr-only">
        {answered && asked !== '' ? (hits.length === 0 ? 'Nothing found' : `${plural(hits.length, 'hit')}`) : ''}
      </p>
      {asked === '' ? (
        <Hints />
      ) : error && !data ? (
        <Said>
          <span role="alert">{error.message}</span>
        </Said>
      ) : !data ? (
        <Said>Searching…</Said>
      ) : hits.length === 0 ? (
        <Said>
          <span className="block font-medium text-ink">Nothing has this name, amount or word</span>
          Names and ids are found by their beginning, notes by their words.
        </Said>
      ) : (
        <>
          <Found id={list} hits={hits} active={active} stale={!answered} onGo={go} />
          {hits.length === MOST_HITS && (
            <p className="shrink-0 border-t border-line px-4 py-1.5 text-xs text-muted">
              The {MOST_HITS} seen last; more letters find the others.
            </p>
          )}
        </>
      )}
      <p className="flex h-9 shrink-0 items-center gap-4 border-t border-line px-4 text-xs text-muted max-sm:hidden">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> choose
        </span>
        <span>
          <Kbd>Enter</Kbd> open
        </span>
        <span>
          <Kbd>Ctrl Enter</Kbd> in a new tab
        </span>
        <span>
          <Kbd>Alt Enter</Kbd> put on a list
        </span>
        <span className="ml-auto">
          <Kbd>Esc</Kbd> close
        </span>
      </p>
    </>
  );
}

const HINTS = [
  ['c_98, dev_3f, 203.0.113.', 'the beginning of a card, a device, an address, a merchant'],
  ['ada@example.org', 'a customer by name, address or id'],
  ['100.50, 800 EUR', 'payments of that amount'],
  ['card testing', 'words of notes and comments'],
];

function Hints() {
  return (
    <dl className="grid gap-x-4 gap-y-1.5 px-4 py-4 sm:grid-cols-[auto_1fr]">
      {HINTS.map(([example, what]) => (
        <div key={example} className="contents">
          <dt className="id leading-5">{example}</dt>
          <dd className="text-muted max-sm:mb-2">{what}</dd>
        </div>
      ))}
    </dl>
  );
}

const Said = ({ children }: { children: ReactNode }) => (
  <div className="px-6 py-10 text-center text-pretty text-muted">{children}</div>
);
