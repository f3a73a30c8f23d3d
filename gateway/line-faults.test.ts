import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMissing } from '../test/engines.testkit.ts';
import { type Cellar, openCellar, valuesOf } from './cellar.testkit.ts';
import { parseProfile } from './profile.ts';
import { faultyLine, pumpProfile } from './pump-controller.testkit.ts';
import { planRequests } from './request-plan.ts';

const REQUESTS = planRequests(pumpProfile).length;

let cellar: Cellar;
beforeEach(async () => {
  cellar = await openCellar();
});
afterEach(() => cellar.close());

describe.skipIf(isMissing('socat'))('a serial line with faults', () => {
  it.each([
    ['noise around the answer', 'noise'],
    ['an answer in single bytes', 'split'],
  ] as const)('hears through %s', async (_, fault) => {
    cellar.line.always(1, fault);
    await cellar.start([1]);
    expect(valuesOf((await cellar.hear(1, 2))[1]!)).toEqual(cellar.pumps.get(1)!.values());
  });

  it.each([
    ['a wrong check sum', 'wrong_crc', 'bytes but no valid answer, asked for coil 0'],
    ['an exception', 'exception', 'exception 6 (the controller is busy)'],
    ['silence', 'mute', 'no answer, asked for coil 0'],
  ] as const)('never makes a reading of %s, says so, and recovers', async (_, fault, text) => {
    cellar.line.always(1, fault);
    // Not the first complaint: on a machine that stands still nothing answers in time.
    const complaint = cellar.hearSaid(text);
    await cellar.start([1, 2]);
    expect(await complaint).toContain('unit not read');
    await cellar.hear(2, 3);
    expect(cellar.messages.filter(({ topic }) => topic.includes('pump-01'))).toEqual([]);
    const again = cellar.hearSaid('answers again');
    cellar.line.always(1, 'well');
    await again;
    await cellar.hear(1);
    for (const message of cellar.messages.filter(({ topic }) => topic.includes('pump-01'))) {
      expect(valuesOf(message)).toEqual(cellar.pumps.get(1)!.values());
    }
  });

  it.each([
    ['one register here and there', '{start}'],
    ['pairs of registers', '{start}, {next}'],
  ])('does not take a late answer for the next one, however late: %s', async (_, layout) => {
    // Requests that look all alike on the line: the worst case.
    const names = [
      'power_w',
      'flow_m3_h',
      'voltage_v',
      'level_cm',
      'run_h',
      'starts',
      'current_a',
      'bearing_c',
    ];
    const isPaired = layout.includes('next');
    const registers = names.map((metric, i) => {
      const address = isPaired ? 50 * Math.floor(i / 2) + (i % 2) : 50 * i;
      return `  - {metric: ${metric}, table: input, address: ${address}, type: u16}\n`;
    });
    const sparse = parseProfile(
      `profile: pump-controller\nkind: pump\nregisters:\n${registers.join('')}`,
      'p',
    );
    const values = Object.fromEntries(names.map((name, i) => [name, 100 + i]));
    await cellar.line.port.close();
    cellar.line = await faultyLine(
      cellar.wire,
      new Map([1, 2].map((unit) => [unit, { values: () => values }])),
      sparse,
    );
    await cellar.start([1, 2], { timeout_ms: 60 }, new Map([['pump-controller', sparse]]));
    await cellar.hear(1);
    for (const [i, late_ms] of [70, 130, 250, 400].entries()) {
      cellar.line.faults(1, ...Array.from({ length: i % 4 }, () => 'well' as const), { late_ms });
      await cellar.hear(1, 3);
    }
    for (const message of cellar.messages) expect(valuesOf(message)).toEqual(values);
  });

  it('is not held up by a unit that is dead', async () => {
    cellar.line.always(1, 'mute');
    const gateway = await cellar.start([1, 2, 3]);
    const heard = await cellar.hear(2, 20);
    const gaps = heard.slice(1).map(({ at }, i) => at - heard[i]!.at);
    const [median] = gaps.sort((a, b) => a - b).slice(gaps.length / 2);
    expect(median).toBeLessThan(150);
    // Ever more seldom: in 20 rounds it is tried in rounds 1, 2, 4, 8 and 16.
    expect(cellar.line.asked.get(1)).toBeLessThanOrEqual(5);
    expect(cellar.line.asked.get(2)).toBeGreaterThanOrEqual(20 * REQUESTS);
    expect(gateway.health().detail).toContain('2 of 3 units answer');
  });

  it('goes on when the adapter is plugged in again', async () => {
    const gateway = await cellar.start([1]);
    await cellar.hear(1);
    const lost = cellar.hearSaid('serial_unavailable: serial line lost');
    await cellar.wire.unplug();
    await lost;
    expect(gateway.health()).toMatchObject({ ok: false });
    const refused = await cellar.hearSaid('serial line cannot be opened');
    expect(refused).toContain('No such file or directory');
    await cellar.line.port.close();
    await cellar.wire.plugIn();
    cellar.line = await faultyLine(cellar.wire, cellar.pumps);
    cellar.pumps.get(1)!.step();
    expect(valuesOf((await cellar.hear(1, 2))[1]!)).toEqual(cellar.pumps.get(1)!.values());
    expect(gateway.health()).toMatchObject({ ok: true });
  });
});
