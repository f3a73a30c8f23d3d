import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ProblemView } from '../../../model/views/list.ts';
import { asProblem } from '../core/client.ts';
import { PageHead } from '../parts/page-head.tsx';
import { signIn } from './session.ts';

/** Shown in place of the page that was asked for; once signed in, that page appears. */
export function SignIn({ expired }: { expired: boolean }): JSX.Element {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemView | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signIn({ user, password });
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <PageHead title="Sign in" quiet />
        {expired && (
          <p class="note" role="status">
            Your session has ended. Sign in and go on where you were.
          </p>
        )}
        <label class="field">
          Name
          <input
            name="user"
            autocomplete="username"
            autocapitalize="none"
            required
            value={user}
            onInput={(event) => setUser(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        {problem && (
          <p class="note note-problem" role="alert">
            {problem.detail}
          </p>
        )}
        <button type="submit" class="button button-main" disabled={busy} aria-busy={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
        <p class="soft">
          Looking for a parking space? <a href="/parking">Free parking</a> needs no sign-in.
        </p>
      </form>
    </main>
  );
}
