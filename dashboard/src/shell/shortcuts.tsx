import { useShortcutSetting } from '../lib/hotkeys.ts';
import { Kbd } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';

export const SHORTCUTS: { title: string; keys: [string, string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['/', 'Search everything; in the queue and the feed, what they show'],
      ['Ctrl K', 'Search everything, from everywhere; on a Mac ⌘ K'],
      ['z', 'Take back what was done last, while Undo is offered'],
      ['?', 'These shortcuts'],
      ['1 – 4', 'Overview, live feed, review queue, transactions'],
    ],
  },
  {
    title: 'Review queue',
    keys: [
      ['j / k', 'Next / previous'],
      ['a', 'Approve: resolve as legitimate'],
      ['d', 'Decline: resolve as fraud'],
      ['l', 'Label: fraud, legitimate or unsure, with a note'],
      ['Enter', 'Does it; from the list, goes to the case'],
      ['o', 'Release what is held: the payment in focus, else the first'],
      ['x', 'Cancel it'],
      ['n', 'The next case: the most urgent of your queues that nobody has'],
      ['s', 'Take the case, or give it back'],
      ['m', 'Merge it with others that share something'],
      ['e', 'Leave the payment in focus out of the resolution, or take it in'],
      ['v', 'Choose the case for what is done to several'],
      ['c', 'Comment'],
      ['/', 'Search'],
      ['r', 'Show what has changed'],
    ],
  },
  {
    title: 'Live feed',
    keys: [
      ['p', 'Pause and go on'],
      ['/', 'Filter'],
    ],
  },
];

export function Shortcuts({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [setting] = useShortcutSetting();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Keyboard shortcuts"
      note={setting === 'off' ? 'They are turned off in the settings.' : undefined}
    >
      <div className="grid gap-5">
        {SHORTCUTS.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="mb-1.5 text-xs font-medium text-muted">{title}</h3>
            <dl className="grid grid-cols-[4.5rem_1fr] items-center gap-y-1.5">
              {keys.map(([key, does]) => (
                <div key={key} className="contents">
                  <dt>
                    <Kbd>{key}</Kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
