import { createHash } from 'node:crypto';
import { type MqttPort, startLink } from '../broker/link.ts';
import { HOUR_MS, SECOND_MS, systemClock } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import type { RawMessage } from '../model/reading.ts';
import type { DataFolder } from './data-folder.ts';
import type { House } from './house.ts';
import type { LinkConfig } from './link-schema.ts';
import { readText } from './site-file.ts';

/** The same at every start with this data folder and no other: the broker keeps the session under it. */
function clientIdOf({ secret }: Pick<DataFolder, 'secret'>): string {
  return `steward-${createHash('sha256').update(secret).update('mqtt.link').digest('hex').slice(0, 12)}`;
}

/** The link to the outside broker of the configuration. Throws file_unreadable for its `ca`. */
export function linkTo(
  { url, user, password, protocol, group, client_id, session_expiry_h, ca }: LinkConfig,
  { folder, log }: House['options'],
  accept: (message: RawMessage) => Promise<void>,
): MqttPort {
  const clientId = client_id || clientIdOf(folder);
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
