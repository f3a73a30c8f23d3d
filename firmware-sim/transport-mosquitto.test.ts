import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import { seededRandom } from '../model/random.ts';
import { credentials } from './broker.testkit.ts';
import { demoFleet } from './demo.testkit.ts';
import { sendHistory } from './run.ts';
import { connectFleet } from './transport.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const MOSQUITTO = '/usr/sbin/mosquitto';
const missing = existsSync(MOSQUITTO) ? undefined : `no ${MOSQUITTO}: apt-get install mosquitto`;
if (missing && !process.env['CI']) console.warn(`the test with mosquitto is skipped: ${missing}`);

/** Debian's mosquitto, which is a real broker of somebody else. */
async function mosquitto(): Promise<string> {
  if (missing) throw new Error(missing);
  const folder = await mkdtemp(join(tmpdir(), 'steward-sim-'));
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  const file = join(folder, 'mosquitto.conf');
  await writeFile(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n`,
  );
  const child = spawn(MOSQUITTO, ['-c', file, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] });
  closers.push(async () => {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    await rm(folder, { recursive: true });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('mosquitto ended')));
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('running')) resolve();
    });
  });
  return `mqtt://127.0.0.1:${port}`;
}

test.skipIf(missing && !process.env['CI'])(
  'the whole demo fleet on mosquitto: 386 clients, an hour of history, every reading heard',
  async () => {
    const url = await mosquitto();
    const ear = connect(url, { clientId: 'ear' });
    closers.push(() => ear.endAsync(true));
    let heard = 0;
    ear.on('message', (_, payload) => {
      heard += (JSON.parse(payload.toString()) as unknown[]).length;
    });
    await ear.subscribeAsync('site/+/+/+/telemetry', { qos: 1 });
    const now = Date.parse('2026-11-24T02:00:00Z');
    const fleet = demoFleet(now);
    const fleetLink = await connectFleet({
      url,
      credentials,
      devices: fleet.devices(),
      log: silentLog,
      random: seededRandom(1),
    });
    closers.push(() => fleetLink.close(0));
    expect(fleetLink.connected()).toBe(386);
    const until = fleet.time() + HOUR_MS;
    const sent = await sendHistory({ fleet, link: fleetLink, until, sliceMs: 20 * MINUTE_MS });
    expect(sent).toBeGreaterThan(5_000);
    await expect.poll(() => heard, { timeout: 5_000 }).toBe(sent);
    expect(await fleetLink.close()).toEqual({ unacknowledged: 0 });
  },
);
