import type { ProblemView } from '../../../model/views/list.ts';
import type { SessionRequest, SessionView } from '../../../model/views/session.ts';
import { asProblem, get, onSignedOut, send } from '../core/client.ts';
import { type Store, storeOf } from '../core/store.ts';

export type Session =
  | { readonly state: 'asking' }
  | { readonly state: 'signed_in'; readonly who: SessionView }
  | { readonly state: 'signed_out'; readonly expired: boolean }
  | { readonly state: 'failed'; readonly problem: ProblemView };

export const session: Store<Session> = storeOf<Session>({ state: 'asking' });

/** Asks who is signed in. From then on any answer "not signed in" shows the sign-in in place, so that nothing is lost. */
export async function startSession(): Promise<void> {
  onSignedOut(() => {
    session.update((now) => {
      if (now.state === 'signed_out') return now;
      return { state: 'signed_out', expired: now.state === 'signed_in' };
    });
  });
  session.set({ state: 'asking' });
  try {
    session.set({ state: 'signed_in', who: await get<SessionView>('/session') });
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status !== 401) session.set({ state: 'failed', problem });
  }
}

/** Throws ApiError when refused. */
export async function signIn(request: SessionRequest): Promise<void> {
  session.set({ state: 'signed_in', who: await send<SessionView>('POST', '/session', request) });
}

/** Throws ApiError. */
export async function signOut(): Promise<void> {
  await send<void>('DELETE', '/session');
  session.set({ state: 'signed_out', expired: false });
}
