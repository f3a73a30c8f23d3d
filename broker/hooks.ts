import { randomUUID } from 'node:crypto';
import type { AedesOptions } from 'aedes';
import { certifiedBy } from './certificate.ts';
import { clientKey } from './client-key.ts';
import { type PublishingState, publish } from './publishing.ts';
import { type SignInState, signIn } from './sign-in.ts';
import { type SubscribingState, subscribe } from './subscribing.ts';

type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe'>
>;

export type HookState = PublishingState & SignInState & SubscribingState;

/** What Aedes asks before it lets anything through. */
export function hooksOf(state: HookState): Hooks {
  return {
    preConnect: (client, packet, done) => {
      if (state.limits.maxSessions === 0) packet.clean = true;
      // 3.1.3.1: a clean session may leave it to us to name the client.
      const clientId = packet.clientId === '' && packet.clean ? randomUUID() : packet.clientId;
      const certified = certifiedBy(client);
      const user = certified.kind === 'device' ? certified.name : (packet.username ?? '');
      packet.clientId = clientKey(user, clientId);
      done(null, true);
    },
    authenticate: (client, user = '', password, done) => {
      void signIn(state, client, { user, password: password?.toString() ?? '' }).then((error) =>
        done(error ?? null, error === undefined),
      );
    },
    authorizePublish: (client, packet, done) => publish(state, client, packet, done),
    authorizeSubscribe: (client, subscription, done) => {
      done(null, subscribe(state, client, subscription) ? subscription : null);
    },
  };
}
