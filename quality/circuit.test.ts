import { describe, expect, test } from 'vitest';
import { CLEAN, RADIO } from '../firmware-sim/radio.ts';
import { readScenario } from '../firmware-sim/scenario.ts';
import { HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { seededRandom } from '../model/random.ts';
import { asset, library, patientLibrary, siteOf } from './estate.testkit.ts';
import { runSite } from './pipeline.ts';

const START = Date.parse('2026-11-02T12:00:00Z');
const LAMPS = 40;
const site = siteOf([
  asset('gw-1', 'gateway', {}, { heartbeat_s: 60 }),
  asset('circuit-1', 'circuit', { gateway: 'gw-1' }, { heartbeat_s: 300 }),
  ...Array.from({ length: LAMPS }, (_, i) =>
    asset(`lamp-${i + 1}`, 'luminaire', { circuit: 'circuit-1', gateway: 'gw-1' }, { heartbeat_s: 300 }),
  ),
]);
const lamps = site.assets.filter(({ kind }) => kind === 'luminaire').map(({ id }) => id);
const RULES = library();
const PATIENT_RULES = patientLibrary('15m');

/** The gateway is down from 18:00 to 20:00; its circuit fails at 19:00 for the night. */
const night = (gateway: string): string => `faults:
- { fault: ${gateway}, asset: gw-1, when: +6h for 2h }
- { fault: circuit_out, asset: circuit-1, when: +7h for 17h }
`;
const minutes = (...after: number[]): number[] => after.map((one) => START + one * MINUTE_MS);

describe('a circuit of 40 lamps fails while its gateway is down and Steward restarts', () => {
  test.each([
    ['before it fails', 'gateway_silent', CLEAN, minutes(400)],
    ['while nobody can see it', 'gateway_silent', CLEAN, minutes(440)],
    ['when the gateway has just come back', 'gateway_silent', CLEAN, minutes(481)],
    ['while the lamps are in their hold', 'gateway_silent', CLEAN, minutes(495)],
    ['while the circuit has its wait', 'gateway_silent', CLEAN, minutes(515)],
    ['all the time', 'gateway_silent', CLEAN, minutes(...Array.from({ length: 60 }, (_, i) => 300 + 7 * i))],
    ['with a gateway that keeps and forwards', 'gateway_outage', CLEAN, minutes(440, 481, 500)],
    ['over a bad radio', 'gateway_silent', RADIO, minutes(440, 481, 500)],
  ])('%s', async (_, gateway, radio, restarts) => {
    const { tickets } = await runSite({
      site,
      scenario: readScenario(night(gateway), 's.yaml', site),
      seed: 1,
      random: seededRandom(1),
      start: START,
      end: START + 12 * HOUR_MS,
      radio,
      // A bad radio asks for more patience than a wired site has.
      rules: radio === RADIO ? PATIENT_RULES : RULES,
      restarts,
    });
    expect(tickets.map(({ rule, asset: of }) => `${rule}/${of}`).sort()).toEqual([
      'CircuitOut/circuit-1',
      'GatewayOffline/gw-1',
    ]);
    const circuit = tickets.find(({ rule }) => rule === 'CircuitOut')!;
    expect([...circuit.members].sort()).toEqual([...lamps].sort());
    // What the gateway kept tells when it really was; what nobody heard is news when the gateway is back.
    expect(circuit.opened_at).toBeGreaterThan(START + (gateway === 'gateway_outage' ? 7 : 8) * HOUR_MS);
    expect(circuit.opened_at).toBeLessThan(START + 9 * HOUR_MS);
    expect(circuit.reopened).toBe(0);
  });
});
