import { type MqttPort, startLink } from '../broker/link.ts';
import { HOUR_MS, SECOND_MS, systemClock } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import type { RawMessage } from '../model/reading.ts';
import type { House } from './house.ts';
import type { LinkConfig } from './link-schema.ts';
import { readText } from './site-file.ts';

/** The link to the outside broker of the configuration. Throws file_unreadable for its `ca`. */
export function linkTo(
  { url, user, password, protocol, group, client_id: clientId, session_expiry_h, ca }: LinkConfig,
  { log }: House['options'],
  accept: (message: RawMessage) => Promise<void>,
): MqttPort {
  return startLink({
    url,
    user,
    password,
    clientId,
    group,
    protocol: protocol === 5 ? '5' : protocol,
    ca: ca === undefined ? undefined : readText(ca),
    sessionExpiryS: (session_expiry_h * HOUR_MS) / SECOND_MS,
    clock: systemClock,
    random: seededRandom(systemClock.now()).fork(clientId),
    log,
    accept,
  });
}
