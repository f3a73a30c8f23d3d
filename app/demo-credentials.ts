import { hashPassword } from '../api/password.ts';
import { systemClock } from '../model/clock.ts';
import type { Site } from '../model/site.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import type { DataFolder } from './data-folder.ts';
import { derivedSecret, hashDeviceSecret } from './device-secret.ts';

/** The secret of a demo device: the same at every start of this data folder. */
export function demoDeviceSecret(folder: Pick<DataFolder, 'secret'>, device: string): string {
  return derivedSecret(folder.secret, `device ${device}`, 26);
}

/** The password of a demo person, short enough to type. */
export function demoPassword(folder: Pick<DataFolder, 'secret'>, person: string): string {
  return derivedSecret(folder.secret, `person ${person}`, 10);
}

/** Credentials for every person of the site, and one device `dev-<asset>` for every asset; those there are stay. */
export async function createDemoCredentials(
  { users, devices }: Pick<RecordsStore, 'users' | 'devices'>,
  folder: DataFolder,
  site: Site,
): Promise<void> {
  const knownUsers = new Set((await users.list()).map((user) => user.id));
  const newcomers = site.people.filter((person) => !knownUsers.has(person.id));
  // Hashing is slow on purpose and runs on threads of its own: all at once.
  const hashes = await Promise.all(newcomers.map(({ id }) => hashPassword(demoPassword(folder, id))));
  for (const [i, { id, role }] of newcomers.entries()) {
    await users.put({ id, role, password_hash: hashes[i] as string });
  }
  const knownDevices = new Set((await devices.list()).map((device) => device.id));
  await devices.put(
    site.assets
      .map((asset) => ({ id: `dev-${asset.id}`, asset: asset.id }))
      .filter(({ id }) => !knownDevices.has(id))
      .map(({ id, asset }) => ({
        id,
        asset,
        secret_hash: hashDeviceSecret(demoDeviceSecret(folder, id)),
        bound_from: systemClock.now(),
      })),
  );
}
