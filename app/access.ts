import { verifyPassword } from '../api/password.ts';
import type { Directory } from '../model/directory.ts';
import { parseTelemetryTopic } from '../model/topics.ts';
import type { DeviceRecord, RecordsStore, UserRecord } from '../store/records/contract.ts';
import { verifyDeviceSecret } from './device-secret.ts';

/** Who may connect to the broker, and what they may publish and hear there. */
export interface Access {
  authenticate(user: string, password: string): Promise<boolean>;
  /** Whether it has credentials here: a certificate that names it is believed only then. */
  isDevice(name: string): Promise<boolean>;
  mayPublish(user: string, topic: string): boolean;
  maySubscribe(user: string, filter: string): boolean;
  /** Looks at the records again at once, after devices or users have changed. */
  reload(): Promise<void>;
  /** From now on told of everybody whose secret or binding is not what it was: what they hold of it must end. */
  onRevoked(listener: (user: string) => void): void;
}

/** A person's password is hashed slowly and may be guessable: after so many failures a name rests for a minute. */
const FAILURES_AT_MOST = 10;
const REST_MS = 60_000;

interface Failures {
  count: number;
  until: number;
}

/** How long an unknown name or a wrong secret is believed to be one, so that a guessing client does not read the records. */
const RELOAD_MS = 1_000;

function isSame(device: DeviceRecord, now: DeviceRecord | undefined): boolean {
  return device.secret_hash === now?.secret_hash && device.asset === now.asset;
}

/**
 * A device publishes for the asset that it is bound to; a gateway's device also for every asset that it carries.
 * It hears what is sent to those (`…/set`). People of the site sign in with their own name and hear the whole site,
 * managers the statistics of the broker too; they publish nothing.
 */
export async function createAccess(
  records: RecordsStore,
  directory: Directory,
  now: () => number,
): Promise<Access> {
  let devices = new Map<string, DeviceRecord>();
  let loaded = 0;
  /** People who signed in, as they were then. */
  const people = new Map<string, UserRecord>();
  const failures = new Map<string, Failures>();
  const listeners: ((user: string) => void)[] = [];
  const revoke = (user: string): void => {
    for (const listener of listeners) listener(user);
  };
  const load = async (): Promise<void> => {
    const after = new Map((await records.devices.list()).map((device) => [device.id, device]));
    const before = devices;
    devices = after;
    loaded = now();
    for (const device of before.values()) if (!isSame(device, after.get(device.id))) revoke(device.id);
    for (const [person, then] of people) {
      const record = await records.users.get(person);
      if (record?.password_hash === then.password_hash && record.role === then.role) continue;
      people.delete(person);
      revoke(person);
    }
  };
  await load();

  const speaksFor = (user: string, asset: string, site: string): boolean => {
    const own = devices.get(user)?.asset;
    const target = directory.asset(asset);
    return own !== undefined && target?.site === site && (own === asset || target.gateway === own);
  };
  const knowsDevice = async (name: string): Promise<boolean> => {
    if (!devices.has(name) && now() - loaded > RELOAD_MS) await load();
    return devices.has(name);
  };
  return {
    reload: load,
    isDevice: knowsDevice,
    onRevoked: (listener) => {
      listeners.push(listener);
    },
    async authenticate(user, password) {
      await knowsDevice(user);
      const device = devices.get(user);
      if (device) {
        if (verifyDeviceSecret(password, device.secret_hash)) return true;
        if (now() - loaded <= RELOAD_MS) return false;
        // It may have been given a new secret just now.
        await load();
        return verifyDeviceSecret(password, devices.get(user)?.secret_hash ?? '');
      }
      const failed = failures.get(user);
      if (failed && failed.count >= FAILURES_AT_MOST && now() < failed.until) return false;
      const person = await records.users.get(user);
      if (!person) return false;
      const isRight = await verifyPassword(password, person.password_hash);
      if (isRight) {
        failures.delete(user);
        people.set(user, person);
      } else {
        const count = failed && now() < failed.until ? failed.count + 1 : 1;
        failures.set(user, { count, until: now() + REST_MS });
      }
      return isRight;
    },
    mayPublish(user, topic) {
      const parts = parseTelemetryTopic(topic);
      // What is no telemetry, or of an asset that nobody knows, is not forbidden: ingest rejects it with a better code.
      if (!parts || !directory.asset(parts.asset)) return devices.has(user);
      return speaksFor(user, parts.asset, parts.site);
    },
    maySubscribe(user, filter) {
      const person = people.get(user);
      if (person) {
        return filter.startsWith('site/') || (person.role === 'manager' && filter.startsWith('$SYS/'));
      }
      const [root, site, , asset, leaf] = filter.split('/');
      return root === 'site' && leaf === 'set' && speaksFor(user, asset ?? '', site ?? '');
    },
  };
}
