import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError, call } from '../api/client.ts';
import { healthQuery } from '../api/queries.ts';
import { setApiKey, useApiKey } from '../api/session.ts';
import { zoneName } from '../lib/format.ts';
import { useShortcutSetting } from '../lib/hotkeys.ts';
import { type Theme, useTheme } from '../lib/theme.ts';
import { PageHeader, Panel, Segmented } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';

export function Settings() {
  return (
    <>
      <PageHeader title="Settings" />
      <div className="grid max-w-3xl gap-4">
        <SignIn />
        <Appearance />
        <Server />
      </div>
    </>
  );
}

/** The key stays in this tab. */
function SignIn() {
  const key = useApiKey();
  const [text, setText] = useState('');
  // What reading answers says whether a key is needed, and whether this one will do.
  const access = useQuery({
    queryKey: ['access', key],
    queryFn: async () => {
      try {
        await call('/api/transactions?limit=1');
        return { ok: true as const };
      } catch (error) {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403))
          return { ok: false as const, error };
        throw error;
      }
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setApiKey(text.trim());
    setText('');
  };
  const refused = access.data?.ok === false ? access.data.error : undefined;
  return (
    <Panel title="Access">
      <p className="text-muted text-pretty" role="status">
        {access.isLoading
          ? 'Asking the server…'
          : access.error
            ? 'The server does not answer just now.'
            : refused
              ? refused.status === 401 && !key
                ? 'This server asks for an API key.'
                : refused.message
              : key
                ? `Signed in with the key that begins with ${key.slice(0, 8)}.`
                : 'This server asks for no key: it has none yet, and answers this machine only.'}
      </p>
      <form onSubmit={submit} className="mt-4 flex flex-wrap items-end gap-2">
        <div className="min-w-0 flex-1 basis-64">
          <Field
            label="API key"
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={text}
            error={key && refused ? 'The server does not take this key for reading.' : undefined}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <Button type="submit" kind="primary" disabled={text.trim() === ''}>
          {key ? 'Use this key' : 'Sign in'}
        </Button>
        {key && <Button onClick={() => setApiKey(undefined)}>Sign out</Button>}
      </form>
      <p className="mt-2 text-xs text-muted text-pretty">
        Kept in this tab only, and forgotten when it is closed. Watching needs the scope <code>read</code>, resolving{' '}
        <code>review</code> and <code>ingest</code>. Make a key with{' '}
        <code className="id">npx assay keys create --scope read,review,ingest</code>.
      </p>
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
