import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Play, RotateCw, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Demo, demoQuery, useDemoControl } from '../../api/demo.ts';
import { lacking, useSession } from '../../api/session.ts';
import { count, duration } from '../../lib/format.ts';
import { Panel, Segmented } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed } from '../../ui/states.tsx';

const RATES = ['5', '20', '50', '100', '200'] as const;
const SECONDS = ['60', '300', '600'] as const;

/** Made-up people and a few thieves: the server posts their payments to itself. */
export function StreamPanel() {
  const admin = lacking(useSession(), ['admin']).length === 0;
  const { data, error, refetch } = useQuery({ ...demoQuery(), enabled: admin });
  const [rate, setRate] = useState<(typeof RATES)[number]>('20');
  const [seconds, setSeconds] = useState<(typeof SECONDS)[number]>('300');
  const { start, stop } = useDemoControl();
  const off = data?.enabled === false;
  return (
    <Panel title="Sample stream">
      <p className="text-muted text-pretty">
        A month in the life of made-up people, lived in minutes: ordinary purchases, and thieves among them who test
        cards, take accounts over and share devices. Most of the labels follow a few seconds later, as chargebacks and
        analysts would tell.
      </p>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : off ? (
        <p className="mt-4 rounded-md bg-sunken px-3 py-2">
          It is off on this server, which others may reach. Set <code className="id">ASSAY_DEMO=on</code> to allow it.
        </p>
      ) : (
        <>
          <div className="mt-4 grid gap-3">
            <Segmented
              label="Payments a second"
              value={rate}
              options={RATES.map((value) => ({ value, label: `${value}/s` }))}
              onChange={setRate}
            />
            <Segmented
              label="How long"
              value={seconds}
              options={SECONDS.map((value) => ({ value, label: duration(Number(value) * 1000) }))}
              onChange={setSeconds}
            />
          </div>
          <div className="mt-4 flex flex-wrap items-center gap-2">
            <Button
              kind={data?.running ? 'plain' : 'primary'}
              needs={['admin', 'ingest']}
              disabled={start.isPending || (admin && !data)}
              icon={data?.running ? <RotateCw className="size-3.5" /> : <Play className="size-4" />}
              onClick={() => start.mutate({ rate: Number(rate), seconds: Number(seconds) })}
            >
              {data?.running ? 'Start anew' : 'Start'}
            </Button>
            {data?.running && (
              <Button
                needs={['admin']}
                disabled={stop.isPending}
                icon={<Square className="size-3.5" />}
                onClick={() => stop.mutate()}
              >
                Stop the stream
              </Button>
            )}
          </div>
          {data?.startedAt && <Progress demo={data} />}
        </>
      )}
    </Panel>
  );
}

function Progress({ demo }: { demo: Demo }) {
  const share = useShare(demo);
  const { running, posted, labelled, failed, stopped } = demo;
  return (
    <div className="mt-4">
      <div
        role="progressbar"
        aria-label="Sample stream"
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        className="h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={`h-full rounded-full ${running ? 'bg-approve-fill' : 'bg-edge'}`}
          style={{ width: `${share * 100}%` }}
        />
      </div>
      <p className="num mt-2 text-muted">
        {count(posted)} decided, {count(labelled)} labelled{failed > 0 && `, ${count(failed)} failed`}.{' '}
        {running ? (
          <Link to="/feed" className="font-medium text-ink underline decoration-faint underline-offset-3">
            Watch the live feed
          </Link>
        ) : stopped && stopped !== 'stopped' ? (
          <span role="alert" className="text-decline">
            It ended before its time: {stopped}.
          </span>
        ) : (
          'It has ended.'
        )}
      </p>
    </div>
  );
}

/** How much of its time is over, by the second. */
function useShare({ running, startedAt, seconds, posted, rate }: Demo): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  if (seconds === 0) return 0;
  const share = running
    ? (now - Date.parse(startedAt ?? '')) / 1000 / seconds
    : posted / Math.max(1, Math.ceil(rate * seconds));
  return Math.max(0, Math.min(1, Number.isNaN(share) ? 0 : share));
}
