import { Square } from 'lucide-react';
import { useDemo, useDemoControl } from '../api/demo.ts';
import { count } from '../lib/format.ts';
import { Button } from '../ui/button.tsx';

/** While the sample stream runs, it can be stopped from every page. */
export function StreamBar() {
  const demo = useDemo();
  const { stop } = useDemoControl();
  if (!demo?.running) return null;
  return (
    <div
      data-stream-bar
      className="sticky bottom-0 z-20 flex h-11 items-center gap-3 border-t border-line bg-canvas/95 px-4 text-sm backdrop-blur sm:px-6 lg:px-8"
    >
      <span className="size-1.5 shrink-0 rounded-full bg-approve-fill live-dot" aria-hidden="true" />
      <span className="min-w-0 truncate">
        Sample payments, {demo.rate} a second
        <span className="num ml-2 text-muted">{count(demo.posted)} sent</span>
      </span>
      <Button
        small
        className="ml-auto"
        needs={['admin']}
        disabled={stop.isPending}
        icon={<Square className="size-3" />}
        onClick={() => stop.mutate()}
      >
        Stop
      </Button>
    </div>
  );
}
