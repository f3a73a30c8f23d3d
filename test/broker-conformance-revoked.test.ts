import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSteward, type StewardProcess, startStewardProcess, temporaryData } from './steward.testkit.ts';

const KINDS = ['pump', 'bay', 'luminaire'];
const ASSETS = KINDS.flatMap((kind) => [1, 2].map((n) => ({ id: `${kind}-${n}`, kind })));
const SITE = `
site: { id: yard, name: The yard, tz: Europe/London, lat: 51.5, lon: -0.1, plan: { width_m: 100, height_m: 100 } }
zones:
  - { id: yard, name: Yard, steward: ann }
people:
  - { id: ann, name: Ann, role: manager }
assets:
${ASSETS.map(({ id, kind }) => `  - { id: ${id}, kind: ${kind}, zone: yard }`).join('\n')}
`;
const OWN = 'site/yard/pump/pump-1/telemetry';

/** A device of a Steward that runs as an installer starts it; secrets come from the command line. */
describe('credentials of a device', () => {
  const folder = temporaryData();
  const config = ['--config', join(folder.path, 'steward.yaml')];
  let steward: StewardProcess;
  let secret = '';

  const devices = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await runSteward(['devices', ...args, ...config]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return /^password +(\S+)$/m.exec(out)?.[1] ?? '';
  };
  const signIn = (password: string): Promise<MqttClient> =>
    connectAsync(steward.mqtt.href, {
      clientId: 'dev-pump-1',
      username: 'dev-pump-1',
      password,
      reconnectPeriod: 0,
    });
  const ended = (client: MqttClient): Promise<void> =>
    new Promise((resolve) => client.once('close', () => resolve()));
  const figure = async (name: string): Promise<number> => {
    const text = await (await fetch(`${steward.http}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  };

  beforeAll(async () => {
    writeFileSync(join(folder.path, 'site.yaml'), SITE);
    writeFileSync(join(folder.path, 'steward.yaml'), 'sites: [site.yaml]\ndata: data\n');
    secret = await devices('add', '--asset', 'pump-1');
    steward = await startStewardProcess({ data: join(folder.path, 'data'), args: config });
  });
  afterAll(async () => {
    await steward?.stop();
    folder.remove();
  });

  it('let it speak for its own asset and for no other, and hear nothing', async () => {
    const device = await signIn(secret);
    const topics = ASSETS.map(({ id, kind }) => `site/yard/${kind}/${id}/telemetry`);
    const foreign = [
      ...topics.filter((topic) => topic !== OWN),
      ...[
        'site/yard/sign/s/set',
        'site/yard/ticket/1',
        'site',
        '/',
        '$SYS/x',
        'site/other/pump/pump-1/telemetry',
      ],
    ];
    for (const topic of foreign) {
      await device.publishAsync(topic, '{"power_w":1}', { qos: 1, retain: true });
      await expect(device.subscribeAsync(topic)).rejects.toThrow();
    }
    for (const filter of ['#', '+/#', 'site/#', '$share/g/site/#', '$SYS/#', OWN]) {
      await expect(device.subscribeAsync(filter)).rejects.toThrow();
    }
    expect(await figure('steward_readings_total')).toBe(0);
    expect(await figure('steward_rejected_total')).toBe(foreign.length);
    await device.publishAsync(OWN, '{"power_w":1}', { qos: 1 });
    expect(await figure('steward_readings_total')).toBe(1);
    await device.endAsync();
  });

  it('that are rotated end its connection, and only the new secret is good', async () => {
    const device = await signIn(secret);
    const closed = ended(device);
    const rotated = await devices('rotate', 'dev-pump-1');
    await closed;
    await expect(signIn(secret)).rejects.toThrow('Bad username or password');
    const again = await signIn(rotated);
    await again.publishAsync(OWN, '{"power_w":2}', { qos: 1 });
    await again.endAsync();
    secret = rotated;
  });

  it('that are removed end its connection; nothing that it tries afterwards succeeds', async () => {
    const device = await signIn(secret);
    await device.publishAsync(OWN, '{"power_w":3}', { qos: 1 });
    const before = await figure('steward_readings_total');
    const closed = ended(device);
    await devices('remove', 'dev-pump-1');
    await closed;
    for (let i = 0; i < 3; i++) await expect(signIn(secret)).rejects.toThrow('Bad username or password');
    expect(await figure('steward_readings_total')).toBe(before);
  });
});
