import { Link } from '@tanstack/react-router';
import { CircleOff, KeyRound, Lock, TriangleAlert, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { Button, buttonClass } from './button.tsx';

function Shown({
  icon,
  title,
  children,
  action,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center justify-center gap-1 px-6 py-12 text-center">
      <div className="mb-2 text-faint [&_svg]:size-7 [&_svg]:stroke-[1.4]">{icon}</div>
      <p className="font-medium">{title}</p>
      <div className="max-w-md text-muted text-pretty">{children}</div>
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

export function Empty({
  title,
  children,
  icon,
  action,
}: {
  title: string;
  children?: ReactNode;
  icon?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Shown icon={icon ?? <CircleOff />} title={title} action={action}>
      {children}
    </Shown>
  );
}

/** What went wrong and the way on: no key, not allowed, not reached, away, or a fault. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const again = retry && (
    <Button onClick={retry} small={false}>
      Try again
    </Button>
  );
  const known = error instanceof ApiError ? error : undefined;
  return (
    <div role="alert">
      {known?.status === 401 ? (
        <Shown
          icon={<KeyRound />}
          title="Sign in to see this"
          action={
            <Link to="/settings" className={buttonClass('primary')}>
              Enter an API key
            </Link>
          }
        >
          This server asks for an API key.
        </Shown>
      ) : known?.status === 403 ? (
        <Shown
          icon={<Lock />}
          title="Your key may not do this"
          action={
            <Link to="/settings" className={buttonClass()}>
              Use another key
            </Link>
          }
        >
          {known.message}
        </Shown>
      ) : known?.status === 0 ? (
        <Shown icon={<WifiOff />} title="The server is out of reach" action={again}>
          Nothing is lost: what was decided is kept, and this page goes on as soon as the server answers.
        </Shown>
      ) : known?.status === 503 ? (
        <Shown icon={<TriangleAlert />} title="Not available just now" action={again}>
          {known.message} Decisions go on without the database; lists and figures follow once it is back.
        </Shown>
      ) : known?.status === 404 ? (
        <Shown icon={<CircleOff />} title="Not found">
          {known.message}
        </Shown>
      ) : (
        <Shown icon={<TriangleAlert />} title="This did not work" action={again}>
          {error instanceof Error ? error.message : 'Something unexpected happened.'}
          {known?.requestId && <span className="id mt-1 block">Request {known.requestId}</span>}
        </Shown>
      )}
    </div>
  );
}

export function LoadingRows({ rows = 8 }: { rows?: number }) {
  return (
    <div className="p-4" aria-busy="true">
      <span className="sr-only" role="status">
        Loading
      </span>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing but the index tells them apart
        <div key={i} className="flex items-center gap-4 py-2.5">
          <div className="skeleton h-3 w-24" />
          <div className="skeleton h-3 flex-1" style={{ maxWidth: `${30 + ((i * 37) % 50)}%` }} />
          <div className="skeleton ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  );
}

export function LoadingBlock({ height }: { height: number }) {
  return (
    <div className="skeleton w-full" style={{ height }} aria-busy="true">
      <span className="sr-only" role="status">
        Loading
      </span>
    </div>
  );
}
