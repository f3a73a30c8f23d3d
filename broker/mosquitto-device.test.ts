import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startBroker } from './aedes.ts';
import { byHand, keptBroker, P1, P2 } from './kept-broker.testkit.ts';
import { hasMosquittoClients, mosquitto } from './mosquitto.testkit.ts';

const at = keptBroker();

describe.skipIf(!hasMosquittoClients())('mosquitto_pub as a device', () => {
  const pub = (args: readonly string[], user = 'dev-1', password = `secret of ${user}`, input?: Uint8Array) =>
    mosquitto(
      'mosquitto_pub',
      ['-h', '127.0.0.1', '-p', String(at.broker.port), '-u', user, '-P', password, '-i', user, ...args],
      input,
    );

  it.each(['0', '1', '2'])('publishes a reading with QoS %s and it is in the journal', async (qos) => {
    const ended = await pub(['-q', qos, '-t', P1, '-m', '{"power_w":41.5}']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    await expect.poll(at.powers).toEqual([41.5]);
    const [first] = at.journal.read(0, 1);
    expect(first!.entry).toMatchObject({
      reading: { asset: 'p-1', message: expect.stringMatching(/^\w+-1$/) },
    });
  });

  it('does not come back before its reading is durable', async () => {
    const held = byHand();
    at.disk = held.promise;
    let returned = false;
    const publishing = pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}']).finally(() => {
      returned = true;
    });
    await expect.poll(() => at.broker.connected()).toEqual(['dev-1']);
    // Another device whose answer needs no disk comes and goes meanwhile: time enough for a hasty PUBACK.
    expect((await pub(['-q', '1', '-t', P2, '-m', '{'], 'dev-2')).code).toBe(0);
    expect(returned).toBe(false);
    expect(at.journal.head()).toBe(0);
    held.settle();
    expect((await publishing).code).toBe(0);
    expect(at.powers()).toEqual([1]);
  });

  it('is turned away with a wrong password, and the log says who and from where', async () => {
    const ended = await pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}'], 'dev-1', 'guess');
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('Connection Refused: bad user name or password');
    expect(at.logged.map(({ fields }) => fields)).toContainEqual({
      code: 'login_refused',
      client: '"dev-1"',
      user: '"dev-1"',
      address: '127.0.0.1',
    });
    expect(at.journal.head()).toBe(0);
  });

  it('is turned away without a name', async () => {
    const args = [
      '-h',
      '127.0.0.1',
      '-p',
      String(at.broker.port),
      '-t',
      P1,
      '-m',
      '{"power_w":1}',
      '-q',
      '1',
    ];
    expect((await mosquitto('mosquitto_pub', args)).stderr).toContain('bad user name or password');
  });

  it("has its message for another device's asset acknowledged, quarantined and passed on to nobody", async () => {
    const ann = await at.signIn('ann');
    const heard: string[] = [];
    ann.on('message', (topic) => heard.push(topic));
    await ann.subscribeAsync('site/#');
    expect((await pub(['-q', '1', '-t', P2, '-m', '{"power_w":1}'])).code).toBe(0);
    expect((await pub(['-q', '1', '-r', '-t', P2, '-m', '{"power_w":1}'])).code).toBe(0);
    expect((await pub(['-q', '1', '-t', P1, '-m', '{"power_w":2}'])).code).toBe(0);
    await expect.poll(() => heard).toEqual([P1]);
    expect(at.quarantine.list({ limit: 9 })).toMatchObject([
      { code: 'topic_forbidden', client: 'dev-1', detail: `dev-1 may not publish to "${P2}"` },
      { code: 'topic_forbidden' },
    ]);
    expect(at.powers()).toEqual([2]);
  });

  it.each(['hello', 'site/north/pump/p-1', '$SYS/x', '/', 'site/north/pump/p-1/telemetry/'])(
    'has a message to %j acknowledged and quarantined',
    async (topic) => {
      expect((await pub(['-q', '1', '-t', topic, '-m', '{"power_w":1}'])).code).toBe(0);
      expect(at.quarantine.list({ limit: 9 })).toMatchObject([{ code: 'topic_unknown', topic }]);
    },
  );

  it('has 1 MB acknowledged and quarantined in part, and the next reading accepted', async () => {
    const ended = await pub(['-q', '1', '-t', P1, '-s'], 'dev-1', undefined, Buffer.alloc(1_000_000, 'x'));
    expect(ended.code).toBe(0);
    expect(at.quarantine.list({ limit: 9 })).toMatchObject([{ code: 'payload_too_large', size: 1_000_000 }]);
    expect(at.quarantine.list({ limit: 1 })[0]!.payload).toHaveLength(4_096);
    expect((await pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}'])).code).toBe(0);
  });

  it('is cut off when it sends more than can be looked at, and nobody else is', async () => {
    const other = await at.signIn('dev-2');
    await pub(['-q', '1', '-t', P1, '-s'], 'dev-1', undefined, Buffer.alloc(5_000_000, 'x'));
    expect(at.logged).toContainEqual({
      level: 'warn',
      fields: { code: 'packet_too_large', user: 'dev-1', address: '127.0.0.1' },
      text: 'a packet of more than 4194304 bytes: the connection is ended',
    });
    await other.publishAsync(P2, '{"power_w":2}', { qos: 1 });
    expect(at.powers()).toEqual([2]);
  });

  it('hears a clear refusal when it speaks MQTT 5', async () => {
    const ended = await pub(['-V', '5', '-q', '1', '-t', P1, '-m', '{"power_w":1}']);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('Unsupported Protocol Version');
    expect(at.journal.head()).toBe(0);
    expect((await pub(['-q', '1', '-t', P1, '-m', '{"power_w":1}'])).code).toBe(0);
  });
});

describe.skipIf(!hasMosquittoClients())('TLS', () => {
  it('carries a reading to a client that knows the certificate', async () => {
    const [cert, key] = [join(at.dir, 'cert.pem'), join(at.dir, 'key.pem')];
    const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
    spawnSync('openssl', [...made.split(' '), '-keyout', key, '-out', cert]);
    const tls = { port: 0, cert: readFileSync(cert), key: readFileSync(key) };
    const secure = await startBroker(at.options({ tls }));
    const target = ['-h', 'localhost', '-p', String(secure.tlsPort), '-u', 'dev-1', '-P', 'secret of dev-1'];
    const reading = ['-q', '1', '-t', P1, '-m', '{"power_w":1}'];
    const trusting = await mosquitto('mosquitto_pub', [...target, '--cafile', cert, ...reading]);
    expect(trusting).toMatchObject({ code: 0, stderr: '' });
    expect((await mosquitto('mosquitto_pub', [...target, ...reading])).code).not.toBe(0);
    expect(at.powers()).toEqual([1]);
    await secure.close();
  });
});
