import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useDemo, useDemoControl } from '../../api/demo.ts';
import { Button } from '../../ui/button.tsx';

const EXAMPLE = `curl ${typeof location === 'undefined' ? '' : location.origin}/api/transactions \\
  -H 'content-type: application/json' \\
  -d '{"userId": "u_1", "amount": 42.50}'`;

/** Enough that everything moves within seconds, and that there is something to work on for a while. */
const SAMPLE = { rate: 40, seconds: 300 };

const STEPS = [
  ['Decide', 'Every payment is scored before you capture it: approve, review or decline, with the reasons.'],
  ['Watch', 'This page then shows rates, amounts, scores and latency as they happen.'],
  ['Review', 'What is unclear waits in the queue, an attack as one case; your labels are what the model learns from.'],
] as const;

/** Shown while nothing has ever been decided: what this is, and one button that fills it. */
export function Welcome() {
  const demo = useDemo();
  const { start } = useDemoControl();
  const running = demo?.running === true || start.isPending;
  const off = demo?.enabled === false;
  return (
    <div className="panel overflow-hidden">
      <div className="grid lg:grid-cols-[minmax(0,1.25fr)_minmax(0,1fr)]">
        <div className="p-6 sm:p-10">
          <h2 className="max-w-md text-2xl font-semibold tracking-tight">No payment has been decided here yet.</h2>
          <p className="mt-3 max-w-lg text-base text-muted text-pretty">
            Assay decides on payments in real time and keeps what it decided. Start a stream of sample payments to see
            everything move, or send the first one of your own.
          </p>
          <div className="mt-6 flex flex-wrap items-center gap-3">
            {!off && (
              <Button
                kind="primary"
                needs={['admin', 'ingest']}
                className="h-10 px-4"
                icon={<Play className="size-4" />}
                disabled={running}
                onClick={() => start.mutate(SAMPLE)}
              >
                {running ? 'Sending sample payments…' : 'Send sample payments'}
              </Button>
            )}
            <Link to="/try" className="px-1 font-medium text-muted hover:text-ink hover:underline">
              {off ? 'Fill in one yourself' : 'or fill in one yourself'}
            </Link>
          </div>
          <p className="mt-3 text-xs text-muted text-pretty">
            {off ? (
              <>
                Sample payments are off here, since others may reach this server;{' '}
                <code className="id">ASSAY_DEMO=on</code> allows them.
              </>
            ) : (
              `${SAMPLE.rate} a second for ${SAMPLE.seconds / 60} minutes, made up by this server for itself. Stop it at any time.`
            )}
          </p>
          <ol className="mt-9 grid gap-5 sm:grid-cols-3">
            {STEPS.map(([title, text]) => (
              <li key={title}>
                <h3 className="font-semibold">{title}</h3>
                <p className="mt-1 text-muted text-pretty">{text}</p>
              </li>
            ))}
          </ol>
        </div>
        <div className="flex flex-col justify-center border-line bg-sunken p-6 max-lg:border-t sm:p-10 lg:border-l">
          <h3 className="text-xs font-medium text-muted">From your own code</h3>
          <pre
            className="mt-2 overflow-x-auto rounded-lg border border-line bg-surface p-4 font-mono text-xs leading-relaxed"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on a narrow screen
            tabIndex={0}
          >
            {EXAMPLE}
          </pre>
          <p className="mt-3 text-muted">
            Only <code className="id">userId</code> and <code className="id">amount</code> are required. The{' '}
            <a href="/docs" className="underline decoration-faint underline-offset-3 hover:text-ink">
              reference
            </a>{' '}
            has the rest.
          </p>
        </div>
      </div>
    </div>
  );
}
