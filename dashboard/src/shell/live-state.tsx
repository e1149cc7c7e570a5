import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { live, useLiveStatus } from '../live/live.ts';
import { Button } from '../ui/button.tsx';

/** Whether the feed is connected, in a word. */
export function LiveState() {
  const { state } = useLiveStatus();
  const word = { live: 'Live', connecting: 'Connecting', waiting: 'Offline', refused: 'Signed out' }[state];
  const dot =
    state === 'live' ? 'bg-approve-fill live-dot' : state === 'connecting' ? 'bg-review-fill' : 'bg-decline-fill';
  return (
    <span role="status" className="flex items-center gap-2 px-2 text-xs font-medium text-muted">
      <span className={`size-1.5 rounded-full ${dot}`} aria-hidden="true" />
      {word}
    </span>
  );
}

/** Says that the connection is lost, once that has lasted longer than a hiccup. */
export function LiveBanner() {
  const status = useLiveStatus();
  const [long, setLong] = useState(false);
  const lost = status.state !== 'live' && status.attempts > 0;
  useEffect(() => {
    if (!lost) return setLong(false);
    const timer = setTimeout(() => setLong(true), 1_200);
    return () => clearTimeout(timer);
  }, [lost]);
  if (!lost || !long) return null;
  return (
    <div
      role="status"
      className="flex items-center gap-3 border-b border-line bg-review-soft px-4 py-1.5 text-review sm:px-6 lg:px-8"
    >
      <WifiOff className="size-4 shrink-0" />
      <span className="min-w-0">Connection lost. What happens meanwhile is caught up on return.</span>
      <Button small className="ml-auto" onClick={() => live.retryNow()}>
        Reconnect
      </Button>
    </div>
  );
}
