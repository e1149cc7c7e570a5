import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { signIn } from '../api/sign-in.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Logo } from './navigation.tsx';

/** In place of every page while nobody is signed in. */
export function SignIn() {
  const [key, setKey] = useState('');
  const { mutate, isPending, error } = useMutation({ mutationFn: () => signIn(key.trim()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  const wrong = error instanceof ApiError && error.status === 401;
  return (
    <main id="main" className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <title>Sign in · Assay</title>
      <div className="w-full max-w-sm">
        <Logo />
        <h1 className="mt-6 text-xl font-semibold tracking-tight">Sign in</h1>
        <p className="mt-1 text-muted text-pretty">
          With an API key of this server. It stays signed in for twelve hours, and the key is kept nowhere in the
          browser.
        </p>
        <form onSubmit={submit} className="mt-5 grid gap-4">
          <Field
            label="API key"
            type="password"
            autoComplete="off"
            spellCheck={false}
            autoFocus
            required
            value={key}
            error={wrong ? 'This key is unknown or revoked.' : error ? error.message : undefined}
            onChange={(event) => setKey(event.target.value)}
          />
          <Button type="submit" kind="primary" disabled={isPending || key.trim() === ''}>
            {isPending ? 'Signing in…' : 'Sign in'}
          </Button>
        </form>
        <p className="mt-5 text-xs text-muted text-pretty">
          To watch, a key needs the scope read; to resolve, review and ingest. Whoever runs the server makes one with{' '}
          <code className="id">npx assay keys create --scope read,review,ingest</code>.
        </p>
      </div>
    </main>
  );
}
