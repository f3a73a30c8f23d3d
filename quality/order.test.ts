import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLEAN, type RadioProfile } from '../firmware-sim/radio.ts';
import { readScenario } from '../firmware-sim/scenario.ts';
import { DAY_MS, MINUTE_MS } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import { asset, patientLibrary, siteOf } from './estate.testkit.ts';
import { runSite } from './pipeline.ts';

const START = Date.parse('2026-11-02T12:00:00Z');
const END = START + 2 * DAY_MS;
const RULES = patientLibrary('15m');
const site = siteOf([
  asset('gw-1', 'gateway', {}, { heartbeat_s: 300 }),
  asset('circuit-1', 'circuit', { gateway: 'gw-1' }, { heartbeat_s: 600 }),
  ...Array.from({ length: 6 }, (_, i) =>
    asset(`lamp-${i + 1}`, 'luminaire', { circuit: 'circuit-1', gateway: 'gw-1' }, { heartbeat_s: 600 }),
  ),
  asset('bay-1', 'bay', { gateway: 'gw-1' }, { heartbeat_s: 900, limit_minutes: 120 }),
  asset('bay-2', 'bay', { gateway: 'gw-1' }, { heartbeat_s: 900, bay_class: 'fire_lane' }),
  asset('bay-3', 'bay', { gateway: 'gw-1' }, { heartbeat_s: 900, dwell_p999_h: 20 }),
  asset('pump-1', 'pump', { gateway: 'gw-1' }, { heartbeat_s: 300 }),
  asset('pump-2', 'pump', { gateway: 'gw-1' }, { heartbeat_s: 300, duty: 'booster' }),
]);
const scenario = readScenario(
  `faults:
- { fault: circuit_out, asset: circuit-1, when: +30h for 4h }
- { fault: lamp_out, asset: lamp-1, when: +2h for 20h }
- { fault: lamp_cycling, asset: lamp-2, when: +2h for 40h }
- { fault: day_burner, asset: lamp-3, when: +20h for 4h }
- { fault: overstay, asset: bay-1, when: +20h for 6h }
- { fault: fire_lane_occupied, asset: bay-2, when: +25h for 1h }
- { fault: bay_stuck, asset: bay-3, when: +2h }
- { fault: pump_dry_run, asset: pump-1, when: +26h for 1h }
- { fault: pump_vibration, asset: pump-2, when: +10h for 9h }
- { fault: device_silent, asset: lamp-6, when: +28h for 6h }
- { fault: gateway_silent, asset: gw-1, when: +40h for 2h }
`,
  's.yaml',
  site,
);

/** Everything about the tickets but their numbers, which depend on who is told first. */
async function ticketsOf(radio: RadioProfile, restarts: readonly number[], seed: number): Promise<unknown> {
  const { tickets } = await runSite({
    site,
    scenario,
    seed: 1,
    random: seededRandom(seed),
    start: START,
    end: END,
    radio,
    rules: RULES,
    restarts,
  });
  return tickets.map(({ id, ...ticket }) => ticket).sort((a, b) => (a.key < b.key ? -1 : 1));
}

test('any order within lateness, any repeats, restarted anywhere: the same tickets', async () => {
  const plain = await ticketsOf(CLEAN, [], 1);
  expect((plain as readonly { rule: string }[]).map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(['CircuitOut', 'LampOut', 'Overstay', 'PumpDryRun', 'BayStuck', 'GatewayOffline']),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.integer({ min: START, max: END }), { maxLength: 4 }),
      fc.integer(),
      async (delay_min, fifths, restarts, seed) => {
        const radio = { loss: 0, repeats: fifths / 5, delay_ms: delay_min * MINUTE_MS };
        const sorted = [...restarts].sort((a, b) => a - b);
        expect(await ticketsOf(radio, sorted, seed)).toEqual(plain);
      },
    ),
    { numRuns: 5, endOnFailure: true },
  );
}, 120_000);
