import { once } from 'node:events';
import { ServerSerial } from 'modbus-serial';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import { metricsOf } from '../model/metrics.ts';
import { isMissing } from '../test/engines.testkit.ts';
import { type Cellar, openCellar, valuesOf } from './cellar.testkit.ts';
import { gatewayConfigSchema } from './config.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { configFor, profiles, pumpProfile } from './pump-controller.testkit.ts';
import { openSerialLine } from './serial-line.ts';
import { registerWords } from './simulated-controller.ts';

let cellar: Cellar;
beforeEach(async () => {
  cellar = await openCellar();
});
afterEach(() => cellar.close());

describe.skipIf(isMissing('socat'))('a gateway on a serial line', () => {
  it('publishes exactly what the controllers measure, in the native format', async () => {
    const gateway = await cellar.start([1, 2, 3]);
    for (let i = 0; i < 5; i++) {
      for (const [unit, pump] of cellar.pumps) {
        // A value changes between polls, so that a poll sees one state of the pump.
        await cellar.hear(unit);
        pump.step();
      }
    }
    const truth = new Map([1, 2, 3].map((unit) => [unit, cellar.pumps.get(unit)!.values()]));
    const before = Date.now();
    for (const unit of [1, 2, 3]) {
      const [message] = (await cellar.hear(unit, 2)).slice(-1);
      expect(valuesOf(message!)).toEqual(truth.get(unit));
      expect(message!.reading['ts']).toBeGreaterThanOrEqual(before - 200);
    }
    expect(gateway.health()).toMatchObject({ ok: true, detail: '3 of 3 units answer, 0 readings wait' });
  });

  it('gives the port back when it is closed, with nothing left to send', async () => {
    const gateway = await cellar.start([1]);
    await cellar.hear(1);
    expect(await gateway.close()).toBe(0);
    const counted = cellar.messages.length;
    const again = await openSerialLine(gatewayConfigSchema.parse(configFor(cellar.wire, [1])).lines[0]!);
    await again.close();
    expect(cellar.messages).toHaveLength(counted);
  });

  it('tells about itself: how long it runs, and how many controllers it hears', async () => {
    await cellar.start([1, 2], { heartbeat_s: 1 });
    const topic = 'site/court/gateway/gw-cellar/telemetry';
    const message = await vi.waitFor(() => {
      const found = cellar.messages.find((each) => each.topic === topic);
      expect(found).toBeDefined();
      return found!;
    }, 5_000);
    expect(valuesOf(message)).toMatchObject({ devices: 2, queued: 0 });
    expect(message.reading['uptime_s']).toBeGreaterThanOrEqual(0.9);
    expect(Object.keys(valuesOf(message)).every((name) => metricsOf('gateway').has(name))).toBe(true);
  });

  it('closes at once, though its line was never there', async () => {
    await cellar.wire.unplug();
    const refused = cellar.hearSaid('serial line cannot be opened');
    const gateway = await cellar.start([1]);
    expect(await refused).toContain('serial_unavailable');
    expect(gateway.health()).toMatchObject({ ok: false, detail: expect.stringContaining('is closed') });
    const began = performance.now();
    await gateway.close();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('does not start with a profile that does not exist, or is for another kind', async () => {
    const config = gatewayConfigSchema.parse(configFor(cellar.wire, [1]));
    const unit = config.lines[0]!.units[0]!;
    const startWith = (change: Partial<typeof unit>): Promise<Gateway> =>
      startGateway({
        config: { ...config, lines: [{ ...config.lines[0]!, units: [{ ...unit, ...change }] }] },
        profiles,
        open: openSerialLine,
        publish: async () => {},
        clock: systemClock,
        log: silentLog,
      });
    await expect(startWith({ profile: 'pump-controler' })).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'gateway: pump-01: there is no profile "pump-controler" (did you mean "pump-controller"?)',
    });
    await expect(startWith({ kind: 'meter' })).rejects.toThrow('pump-01 is a meter, but profile');
  });
});

describe.skipIf(isMissing('socat'))('the register map', () => {
  it('is understood by another implementation of Modbus', async () => {
    await cellar.line.port.close();
    const words = registerWords(pumpProfile, cellar.pumps.get(1)!.values());
    const word = (table: string) => (address: number) => words.get(`${table} ${address}`) ?? 0;
    const server = new ServerSerial(
      {
        getCoil: (address: number) => word('coil')(address) === 1,
        getDiscreteInput: (address: number) => word('discrete')(address) === 1,
        getInputRegister: word('input'),
        getHoldingRegister: word('holding'),
      },
      { port: cellar.wire.far, baudRate: 19_200, unitID: 1 } as never,
    );
    await once(server, 'initialized');
    const gateway = await cellar.start([1]);
    expect(valuesOf((await cellar.hear(1))[0]!)).toEqual(cellar.pumps.get(1)!.values());
    await gateway.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});
