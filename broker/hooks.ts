import { randomUUID } from 'node:crypto';
import type { AedesOptions, ConnectPacket } from 'aedes';
import { clientKey } from './client-key.ts';
import { type PublishingState, publish } from './publishing.ts';
import { type SignInState, signIn } from './sign-in.ts';
import { type SubscribingState, subscribe } from './subscribing.ts';

type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe'>
>;

export type HookState = PublishingState & SignInState & SubscribingState;

/** Why this CONNECT cannot be taken at all. */
function flawOf({ username = '', clientId }: ConnectPacket): string | undefined {
  // MQTT 3.1.1, 1.5.3: no text holds U+0000. A line break parts name and client id (client-key.ts).
  if (/[\0\n]/.test(username) || clientId.includes('\0')) return 'a control character in a name';
  return undefined;
}

/** What Aedes asks before it lets anything through. */
export function hooksOf(state: HookState): Hooks {
  return {
    preConnect: (_client, packet, done) => {
      const flaw = flawOf(packet);
      if (flaw !== undefined) {
        done(new Error(flaw), false);
        return;
      }
      if (state.limits.maxSessions === 0) packet.clean = true;
      // 3.1.3.1: a clean session may leave it to us to name the client.
      const clientId = packet.clientId === '' && packet.clean ? randomUUID() : packet.clientId;
      packet.clientId = clientKey(packet.username ?? '', clientId);
      done(null, true);
    },
    authenticate: (client, user = '', password, done) => {
      void signIn(state, client, user, password?.toString() ?? '').then((error) =>
        done(error ?? null, error === undefined),
      );
    },
    authorizePublish: (client, packet, done) => publish(state, client, packet, done),
    authorizeSubscribe: (client, subscription, done) => {
      done(null, subscribe(state, client, subscription) ? subscription : null);
    },
  };
}
