import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
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

const PASSWORD = 'correct horse battery';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

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
  let webSocketPort = 0;
  const doors = {
    TCP: () => steward.mqtt.href,
    WebSocket: () => `ws://127.0.0.1:${webSocketPort}/mqtt`,
  };
  const signIn = (password: string, more: IClientOptions = {}, door: keyof typeof doors = 'TCP') =>
    connectAsync(doors[door](), {
      clientId: 'dev-pump-1',
      username: 'dev-pump-1',
      password,
      reconnectPeriod: 0,
      ...more,
    });
  /** Signs in for a durable session and says whether it was there. */
  const comeBack = (password: string): Promise<{ readonly device: MqttClient; readonly present: boolean }> =>
    new Promise((resolve, reject) => {
      const options = { clientId: 'lasting', username: 'dev-pump-1', password, clean: false };
      const device = connect(doors.TCP(), { ...options, reconnectPeriod: 0 });
      device.once('error', reject);
      device.once('connect', ({ sessionPresent }) => resolve({ device, present: sessionPresent }));
    });
  const ended = (client: MqttClient): Promise<void> =>
    new Promise((resolve) => client.once('close', () => resolve()));
  const figure = async (name: string): Promise<number> => {
    const text = await (await fetch(`${steward.http}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ')[1]);
  };

  /** Readings accepted, and messages and readings rejected. */
  const figures = async (): Promise<number[]> => [
    await figure('steward_readings_total'),
    await figure('steward_rejected_total'),
  ];

  beforeAll(async () => {
    writeFileSync(join(folder.path, 'site.yaml'), SITE);
    webSocketPort = await freePort();
    const mqtt = `mqtt: { websocket: { port: ${webSocketPort} } }`;
    writeFileSync(join(folder.path, 'steward.yaml'), `sites: [site.yaml]\ndata: data\n${mqtt}\n`);
    const added = await runSteward(['users', 'add', 'ann', ...config], {}, `${PASSWORD}\n`);
    expect(added.code).toBe(0);
    secret = await devices('add', '--asset', 'pump-1');
    steward = await startStewardProcess({ data: join(folder.path, 'data'), args: config });
  });
  afterAll(async () => {
    await steward?.stop();
    folder.remove();
  });

  const foreignTopics = [
    ...ASSETS.map(({ id, kind }) => `site/yard/${kind}/${id}/telemetry`).filter((topic) => topic !== OWN),
    ...ASSETS.map(({ id, kind }) => `site/yard/${kind}/${id}/set`),
    'site/yard/ticket/1',
    'site',
    '/',
    '$SYS/broker/version',
    '$SYS/x',
    '$share/g/site/yard',
    'site/other/pump/pump-1/telemetry',
  ];
  const foreignFilters = [
    ...foreignTopics.filter((topic) => topic !== 'site/yard/pump/pump-1/set'),
    ...['#', '+/#', '+', '+/+', 'site/#', 'site/+/+/+/set', '$SYS/#', '$share/g/#', '$share/g/site/#', OWN],
  ];

  it.each(['TCP', 'WebSocket'] as const)(
    'let it speak for its own asset and for no other, and hear nothing else, over %s',
    async (door) => {
      const ann = await connectAsync(steward.mqtt.href, { username: 'ann', password: PASSWORD });
      const heard: string[] = [];
      ann.on('message', (topic) => heard.push(topic));
      await ann.subscribeAsync('site/#', { qos: 1 });
      const [accepted, rejected] = await figures();
      const device = await signIn(secret, {}, door);
      const told: string[] = [];
      device.on('message', (topic) => told.push(topic));
      for (const topic of foreignTopics) {
        await device.publishAsync(topic, '{"power_w":1}', { qos: 1, retain: true });
      }
      for (const filter of foreignFilters) await expect(device.subscribeAsync(filter)).rejects.toThrow();
      expect(await figures()).toEqual([accepted, rejected! + foreignTopics.length]);
      await device.publishAsync(OWN, '{"power_w":1}', { qos: 1 });
      expect(await figures()).toEqual([accepted! + 1, rejected! + foreignTopics.length]);
      await expect.poll(() => heard).toEqual([OWN]);
      // Nor was any of it retained for those who come later.
      const late = await connectAsync(steward.mqtt.href, { username: 'ann', password: PASSWORD });
      late.on('message', (topic) => heard.push(topic));
      await late.subscribeAsync(['site/#', '$SYS/broker/version'], { qos: 1 });
      await expect.poll(() => heard).toEqual([OWN, '$SYS/broker/version']);
      expect(told).toEqual([]);
      for (const client of [device, ann, late]) await client.endAsync();
    },
  );

  it.each(foreignTopics)('let it leave no will to %s', async (topic) => {
    const [accepted, rejected] = await figures();
    const will = { topic, payload: Buffer.from('{"power_w":1}'), qos: 1 as const, retain: true };
    const device = await signIn(secret, { will });
    device.stream.destroy();
    await expect.poll(figures).toEqual([accepted, rejected! + 1]);
  });

  it('that are rotated end its connection and its session, and only the new secret is good', async () => {
    const first = await comeBack(secret);
    await first.device.subscribeAsync('site/yard/pump/pump-1/set', { qos: 1 });
    await first.device.endAsync();
    const second = await comeBack(secret);
    expect(second.present).toBe(true);
    await second.device.endAsync();
    const device = await signIn(secret);
    const closed = ended(device);
    const rotated = await devices('rotate', 'dev-pump-1');
    await closed;
    await expect(signIn(secret)).rejects.toThrow('Bad username or password');
    const again = await signIn(rotated);
    await again.publishAsync(OWN, '{"power_w":2}', { qos: 1 });
    await again.endAsync();
    const third = await comeBack(rotated);
    expect(third.present).toBe(false);
    await third.device.endAsync();
    secret = rotated;
  });

  it('that are removed end its connections; nothing that it tries afterwards succeeds, nor its will', async () => {
    const will = { topic: OWN, payload: Buffer.from('{"power_w":9}'), qos: 1 as const, retain: true };
    const device = await signIn(secret, { will });
    const overWebSocket = await signIn(secret, { clientId: 'other', will }, 'WebSocket');
    await device.publishAsync(OWN, '{"power_w":3}', { qos: 1 });
    const [accepted] = await figures();
    const closed = Promise.all([ended(device), ended(overWebSocket)]);
    await devices('remove', 'dev-pump-1');
    await closed;
    for (const door of ['TCP', 'WebSocket'] as const) {
      await expect(signIn(secret, {}, door)).rejects.toThrow('Bad username or password');
      await expect(signIn(secret, { will, clean: false }, door)).rejects.toThrow('Bad username or password');
    }
    await expect(comeBack(secret)).rejects.toThrow('Bad username or password');
    expect((await figures())[0]).toBe(accepted);
    expect(await figure('steward_mqtt_sessions')).toBe(0);
  });
});
