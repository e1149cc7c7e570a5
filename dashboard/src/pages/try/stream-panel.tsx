import { Link } from '@tanstack/react-router';
import { Play, Square } from 'lucide-react';
import { useState } from 'react';
import { count } from '../../lib/format.ts';
import { startStream, stopStream, useStream } from '../../sample/stream.ts';
import { Panel, Segmented } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';

const RATES = ['5', '20', '50', '100'] as const;

/** Ordinary people and a few thieves, posted from this page. */
export function StreamPanel() {
  const stream = useStream();
  const [rate, setRate] = useState<(typeof RATES)[number]>('20');
  return (
    <Panel title="Sample stream">
      <p className="text-muted text-pretty">
        160 people who buy ordinary things, and now and then a thief among them: tested cards, a taken-over account. The
        payments are dated over the last 30 days, so that people have a past; half of the frauds are labelled a few
        seconds later, as chargebacks would.
      </p>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <Segmented
          label="Payments a second"
          value={rate}
          options={RATES.map((value) => ({ value, label: `${value}/s` }))}
          onChange={(value) => {
            setRate(value);
            if (stream.running) startStream(Number(value));
          }}
        />
        {stream.running ? (
          <Button icon={<Square className="size-3.5" />} onClick={stopStream}>
            Stop
          </Button>
        ) : (
          <Button
            kind="primary"
            needs={['ingest']}
            icon={<Play className="size-3.5" />}
            onClick={() => startStream(Number(rate))}
          >
            Start
          </Button>
        )}
      </div>
      {stream.startedAt > 0 && (
        <p className="num mt-4 text-muted" role="status">
          {count(stream.sent)} sent{stream.failed > 0 && `, ${count(stream.failed)} failed`}.{' '}
          <Link to="/feed" className="font-medium text-ink underline decoration-faint underline-offset-3">
            Watch the live feed
          </Link>
        </p>
      )}
      {stream.stopped instanceof Error && (
        <p role="alert" className="mt-3 text-decline">
          It stopped by itself: {stream.stopped.message}
        </p>
      )}
    </Panel>
  );
}
