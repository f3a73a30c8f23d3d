import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../api/password.ts';
import { type Directory, directoryOf } from '../model/directory.ts';
import type { RecordsStore } from '../store/records/contract.ts';
import { openSqliteRecords } from '../store/records/sqlite/open.ts';
import { type Access, createAccess } from './access.ts';
import { hashDeviceSecret, newDeviceSecret } from './device-secret.ts';
import { demoFolder } from './paths.ts';
import { loadSites } from './site-file.ts';

describe('who may do what at the broker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'steward-access-'));
  const directory: Directory = directoryOf(loadSites([join(demoFolder, 'site.yaml')]));
  const secret = newDeviceSecret();
  let now = 0;
  let records: RecordsStore;
  let access: Access;

  const addDevice = (id: string, asset: string): Promise<void> =>
    records.devices.put([{ id, asset, secret_hash: hashDeviceSecret(secret), bound_from: 0 }]);

  beforeAll(async () => {
    records = await openSqliteRecords({ file: join(folder, 'records.sqlite') });
    await addDevice('dev-pump-01', 'pump-01');
    await addDevice('dev-gw', directory.asset('pump-01')?.gateway as string);
    await records.users.put({
      id: 'ingrid',
      role: 'manager',
      password_hash: await hashPassword('correct horse'),
    });
    access = await createAccess(records, directory, () => now);
  });
  afterAll(async () => {
    await records.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a device with its secret', 'dev-pump-01', () => secret, true],
    ['a device with another secret', 'dev-pump-01', newDeviceSecret, false],
    ['a person with the password', 'ingrid', () => 'correct horse', true],
    ['a person with another password', 'ingrid', () => 'battery staple', false],
    ['nobody', 'nobody', () => secret, false],
  ])('%s', async (_, user, password, may) => {
    expect(await access.authenticate(user, password())).toBe(may);
  });

  it('a person whose password is guessed at rests for a minute', async () => {
    for (let i = 0; i < 10; i++) expect(await access.authenticate('ingrid', `guess ${i}`)).toBe(false);
    expect(await access.authenticate('ingrid', 'correct horse')).toBe(false);
    now += 60_001;
    expect(await access.authenticate('ingrid', 'correct horse')).toBe(true);
  }, 30_000);

  it('a device that was added since may connect a second later, without a restart', async () => {
    await addDevice('dev-pump-02', 'pump-02');
    expect(await access.authenticate('dev-pump-02', secret)).toBe(false);
    now += 1_001;
    expect(await access.authenticate('dev-pump-02', secret)).toBe(true);
  });

  it('tells whose secret or binding is not what it was, and nobody else', async () => {
    const revoked: string[] = [];
    access.onRevoked((user) => revoked.push(user));
    await access.reload();
    expect(revoked).toEqual([]);
    await addDevice('dev-lamp', 'lamp-001');
    await access.reload();
    expect(revoked).toEqual([]);
    await addDevice('dev-lamp', 'lamp-001');
    await access.reload();
    expect(revoked).toEqual(['dev-lamp']);
    await records.devices.remove('dev-lamp');
    await records.users.put({
      id: 'ingrid',
      role: 'manager',
      password_hash: await hashPassword('new horse'),
    });
    await access.reload();
    expect(revoked).toEqual(['dev-lamp', 'dev-lamp', 'ingrid']);
    expect(access.maySubscribe('ingrid', 'site/#')).toBe(false);
    expect(await access.authenticate('ingrid', 'new horse')).toBe(true);
  });

  it("only managers hear the broker's own statistics", async () => {
    await records.users.put({ id: 'jo', role: 'staff', password_hash: await hashPassword('a long lamp') });
    expect(await access.authenticate('jo', 'a long lamp')).toBe(true);
    expect(access.maySubscribe('jo', 'site/#')).toBe(true);
    expect(access.maySubscribe('jo', '$SYS/#')).toBe(false);
  });

  it('a new secret counts at once, the old one no more', async () => {
    const old = newDeviceSecret();
    const bound = { id: 'dev-bay', asset: 'bay-001', bound_from: 0 };
    await records.devices.put([{ ...bound, secret_hash: hashDeviceSecret(old) }]);
    await access.reload();
    expect(await access.authenticate('dev-bay', old)).toBe(true);
    await records.devices.put([{ ...bound, secret_hash: hashDeviceSecret(secret) }]);
    now += 1_001;
    expect(await access.authenticate('dev-bay', secret)).toBe(true);
    expect(await access.authenticate('dev-bay', old)).toBe(false);
  });

  it.each([
    ['its own asset', 'dev-pump-01', 'site/alder-wharf/pump/pump-01/telemetry', true],
    ["another device's asset", 'dev-pump-01', 'site/alder-wharf/pump/pump-03/telemetry', false],
    ['its own asset under another site', 'dev-pump-01', 'site/elm-court/pump/pump-01/telemetry', false],
    ['what its gateway carries', 'dev-gw', 'site/alder-wharf/pump/pump-01/telemetry', true],
    ['what another gateway carries', 'dev-gw', 'site/alder-wharf/bay/bay-120/telemetry', false],
    ['what nobody knows: ingest says so', 'dev-pump-01', 'site/alder-wharf/pump/pump-99/telemetry', true],
    ['anything, by a person', 'ingrid', 'site/alder-wharf/pump/pump-01/telemetry', false],
  ])('publish: %s', (_, user, topic, may) => {
    expect(access.mayPublish(user, topic)).toBe(may);
  });

  it.each([
    ['what is sent to it', 'dev-pump-01', 'site/alder-wharf/pump/pump-01/set', true],
    ['what is sent to another', 'dev-pump-01', 'site/alder-wharf/pump/pump-02/set', false],
    ['everything, by a device', 'dev-pump-01', '#', false],
    ['the whole site, by a person', 'ingrid', 'site/#', true],
    ["the broker's own, by a manager", 'ingrid', '$SYS/#', true],
    ["the broker's own, by a device", 'dev-pump-01', '$SYS/broker/version', false],
  ])('subscribe: %s', (_, user, filter, may) => {
    expect(access.maySubscribe(user, filter)).toBe(may);
  });
});
