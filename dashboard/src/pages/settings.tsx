import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { healthQuery } from '../api/queries.ts';
import { useSession } from '../api/session.ts';
import { signOut } from '../api/sign-in.ts';
import { zoneName } from '../lib/format.ts';
import { useShortcutSetting } from '../lib/hotkeys.ts';
import { type Theme, useTheme } from '../lib/theme.ts';
import { PageHeader, Panel, Segmented, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { failed } from '../ui/toast.tsx';

export function Settings() {
  return (
    <>
      <PageHeader title="Settings" />
      <div className="grid max-w-3xl gap-4">
        <Access />
        <Appearance />
        <Server />
      </div>
    </>
  );
}

/** Who is signed in, and the way out. */
function Access() {
  const session = useSession();
  const leaving = useMutation({ mutationFn: signOut, onError: (error) => failed('Not signed out', error) });
  return (
    <Panel title="Access">
      {!session ? (
        <p className="text-muted">The server does not answer just now.</p>
      ) : session.keyless ? (
        <p className="text-muted text-pretty">
          This server asks for no key: it has none yet, and answers this machine only. Make one with{' '}
          <code className="id">
            npx assay keys create <span className="whitespace-nowrap">--scope read,review,ingest</span>
          </code>{' '}
          before others may reach it.
        </p>
      ) : (
        <>
          <Line
            name="Signed in with"
            note={session.scopes.length > 0 ? `May: ${session.scopes.join(', ')}` : undefined}
          >
            <span className="font-medium">{session.keyName}</span>
            <Button disabled={leaving.isPending} onClick={() => leaving.mutate()}>
              Sign out
            </Button>
          </Line>
          {session.expiresAt && (
            <Line name="Until" note="Then the key is asked for again.">
              <Time at={session.expiresAt} long />
            </Line>
          )}
        </>
      )}
    </Panel>
  );
}

function Line({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line py-2.5 not-first:border-t">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium">{name}</p>
        {note && <p className="text-xs text-muted">{note}</p>}
      </div>
      {children}
    </div>
  );
}

function Appearance() {
  const [theme, setTheme] = useTheme();
  const [shortcuts, setShortcuts] = useShortcutSetting();
  return (
    <Panel title="This browser">
      <Line name="Theme">
        <Segmented<Theme>
          label="Theme"
          value={theme}
          options={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          onChange={setTheme}
        />
      </Line>
      <Line name="Single-key shortcuts" note="Turn them off if keys are pressed by accident, or by speech input.">
        <Segmented
          label="Single-key shortcuts"
          value={shortcuts}
          options={[
            { value: 'on', label: 'On' },
            { value: 'off', label: 'Off' },
          ]}
          onChange={setShortcuts}
        />
      </Line>
      <Line name="Time zone" note="Times are shown in it; hold the pointer over one for UTC.">
        <span>{zoneName()}</span>
      </Line>
    </Panel>
  );
}

function Server() {
  const { data, error } = useQuery(healthQuery());
  const tone =
    data?.status === 'healthy' ? 'text-approve' : data?.status === 'degraded' ? 'text-review' : 'text-decline';
  return (
    <Panel title="Server">
      {error ? (
        <p className="text-muted">The server does not answer just now.</p>
      ) : !data ? (
        <p className="text-muted">Asking…</p>
      ) : (
        <>
          <Line name="State">
            <span className={`font-medium ${tone}`}>{data.status}</span>
          </Line>
          <Line name="Journal" note="Where decisions become durable">
            <span>{data.journal}</span>
          </Line>
          <Line name="Database" note="What answers lists and figures">
            <span>{data.database}</span>
          </Line>
          <Line name="Model">
            <span className="id break-all">{data.model ?? 'none: decisions go by rules alone'}</span>
          </Line>
        </>
      )}
    </Panel>
  );
}
