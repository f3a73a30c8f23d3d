import { connectAsync } from 'mqtt';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReadingsView } from '../../model/views/site.ts';
import { eventually, type StewardProcess, startDemoProcess, temporaryData } from '../steward.testkit.ts';
import { BENCH } from './publish.testkit.ts';

const ACKNOWLEDGED_BEFORE_KILL = 5_000;
const IN_FLIGHT = 200;

/** Publishes one reading a millisecond of event time until the broker goes; tells which were acknowledged. */
async function streamUntilKilled(
  steward: StewardProcess,
  t0: number,
  onCount: (acknowledged: number) => void,
) {
  const client = await connectAsync(steward.mqtt.href, {
    clientId: BENCH.device,
    username: BENCH.device,
    password: steward.deviceSecret(BENCH.device),
    reconnectPeriod: 0,
  });
  const acknowledged: number[] = [];
  let next = 0;
  const publish = (): void => {
    if (!client.connected) return;
    const i = next++;
    const payload = JSON.stringify({ ts: t0 + i, running: false, power_w: i });
    client.publish(BENCH.topic, payload, { qos: 1 }, (error) => {
      if (error) return;
      acknowledged.push(i);
      onCount(acknowledged.length);
      publish();
    });
  };
  for (let n = 0; n < IN_FLIGHT; n++) publish();
  await new Promise<void>((closed) => client.once('close', () => closed()));
  client.end(true);
  return acknowledged;
}

describe('kill -9 in the middle of a stream', () => {
  const data = temporaryData();
  let steward: StewardProcess | undefined;
  afterAll(async () => {
    await steward?.stop('SIGKILL');
    data.remove();
  });

  it('loses no acknowledged reading and repeats none', async () => {
    const first = await startDemoProcess({ data: data.path });
    steward = first;
    // While simulated devices live in the past, a device that somebody holds in his hand lives now.
    await first.says('history ');
    const t0 = Date.now() - 600_000;
    const acknowledged = await streamUntilKilled(first, t0, (count) => {
      if (count === ACKNOWLEDGED_BEFORE_KILL) first.process.kill('SIGKILL');
    });
    expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED_BEFORE_KILL);

    const second = await startDemoProcess({ data: data.path });
    steward = second;
    const stored = async (): Promise<number[]> => {
      const values: number[] = [];
      for (let from = t0; ; ) {
        const page = await second.get<ReadingsView>(
          `/api/v1/assets/${BENCH.asset}/readings?metrics=power_w&from=${from}&to=${t0 + 600_000}`,
        );
        values.push(...page.items.map((row) => row.values['power_w'] as number));
        const last = page.items.at(-1);
        if (page.next === null || !last) return values;
        from = Date.parse(last.ts) + 1;
      }
    };
    const values = await eventually(
      'every acknowledged reading is stored',
      async () => {
        const found = await stored();
        const set = new Set(found);
        return acknowledged.every((i) => set.has(i)) ? found : undefined;
      },
      30_000,
    );
    expect(new Set(values).size).toBe(values.length);
  }, 120_000);
});
