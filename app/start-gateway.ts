import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitConfig } from '../gateway/config.ts';
import { startGateway as start } from '../gateway/gateway.ts';
import { createMqttPublisher } from '../gateway/mqtt-publisher.ts';
import { loadProfiles } from '../gateway/profile.ts';
import { openSerialLine } from '../gateway/serial-line.ts';
import { systemClock } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import type { Directory } from '../model/directory.ts';
import { seededRandom } from '../model/random.ts';
import type { Access } from './access.ts';
import type { Closing } from './closing.ts';
import { hashDeviceSecret, newDeviceSecret } from './device-secret.ts';
import type { House } from './house.ts';
import { profilesFolder } from './paths.ts';
import { readText } from './site-file.ts';
import type { Intake } from './start-intake.ts';

/** What is wrong with a unit of the configuration; undefined when it fits the site file. */
function unitProblem(unit: UnitConfig, directory: Directory, gateway: string): string | undefined {
  const asset = directory.asset(unit.asset);
  if (!asset) return 'is no asset of the site files';
  if (asset.kind !== unit.kind) return `is a ${asset.kind}, not a ${unit.kind}`;
  return asset.gateway === gateway
    ? undefined
    : `is not carried by the gateway "${gateway}" in the site file`;
}

/** Credentials made for this run; an outside broker knows only those of the link. */
async function loginOf({ records, options }: House, access: Access, id: string, asset: string) {
  const { link } = options.config.mqtt;
  if (link) {
    const ca = link.ca === undefined ? undefined : readText(link.ca);
    return { username: link.user, password: link.password, ca };
  }
  const secret = newDeviceSecret();
  const bound_from = systemClock.now();
  await records.devices.put([{ id, asset, secret_hash: hashDeviceSecret(secret), bound_from }]);
  await access.reload();
  return { username: id, password: secret };
}

/**
 * Gives the gateway's own device new credentials for this run and reads its wired controllers; what they say goes
 * through the broker like every other reading. Does nothing when the configuration has no gateway.
 *
 * Throws config_invalid when its asset or a unit's asset is not what it must be.
 */
export async function startGateway(
  house: House,
  { url, access }: Pick<Intake, 'url' | 'access'>,
  closing: Closing,
): Promise<void> {
  const { directory, options } = house;
  const config = options.config.gateway;
  if (!config) return;
  const asset = directory.asset(config.asset);
  if (asset?.kind !== 'gateway' || asset.site !== config.site) {
    throw new StewardError(
      'config_invalid',
      `gateway.asset: "${config.asset}" is no gateway of the site "${config.site}"`,
    );
  }
  for (const unit of config.lines.flatMap((line) => line.units)) {
    const problem = unitProblem(unit, directory, asset.id);
    if (problem !== undefined)
      throw new StewardError('config_invalid', `gateway: "${unit.asset}" ${problem}`);
  }
  const clientId = `wired-${asset.id}`;
  const random = seededRandom(systemClock.now());
  const login = await loginOf(house, access, clientId, asset.id);
  const publisher = createMqttPublisher({ url, clientId, ...login, random, log: options.log });
  closing.add('gateway connection', () => publisher.close());
  const shipped = readdirSync(profilesFolder).map((name) => join(profilesFolder, name));
  const gateway = await start({
    config,
    profiles: loadProfiles([...shipped, ...config.profiles]),
    open: openSerialLine,
    publish: publisher.publish,
    clock: systemClock,
    log: options.log,
  });
  closing.add('gateway', async () => {
    const unsent = await gateway.close();
    if (unsent > 0) options.log.warn({ unsent }, 'readings of wired controllers could not be sent');
  });
}
