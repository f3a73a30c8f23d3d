import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../model/random.ts';
import type { BytePort } from './byte-port.ts';
import { gatewayConfigSchema } from './config.ts';
import { withCrc } from './crc16.ts';
import { loadProfiles, type Profile } from './profile.ts';
import { openSerialLine } from './serial-line.ts';
import { simulateControllers } from './simulated-controller.ts';
import type { Wire } from './wire.testkit.ts';

export const profiles = loadProfiles([
  fileURLToPath(new URL('./profiles/pump-controller.yaml', import.meta.url)),
]);
export const pumpProfile = profiles.get('pump-controller')!;

export type PumpValues = Readonly<Record<string, number>>;

/** A pump that starts and stops, with its values as exact as its registers: same seed, same pump. */
export function seededPump(seed: number): { readonly values: () => PumpValues; step(): PumpValues } {
  const random = seededRandom(seed);
  const between = (low: number, high: number, digits: number): number =>
    Number((low + (high - low) * random.next()).toFixed(digits));
  let starts = 100_000 + random.int(100_000);
  let run_h = 1000 + random.int(9000);
  let values: PumpValues = {};
  const step = (): PumpValues => {
    const running = random.next() < 0.7 ? 1 : 0;
    starts += running;
    run_h = Number((run_h + running * 0.25).toFixed(2));
    values = {
      running,
      commanded: running,
      voltage_v: between(390, 410, 1),
      current_a: between(0, 20, 2),
      power_w: random.int(90_000),
      power_factor: between(-1, 1, 3),
      flow_m3_h: between(0, 60, 2),
      suction_kpa: between(-90, 50, 1),
      pressure_kpa: between(0, 900, 1),
      level_cm: between(-20, 300, 1),
      vibration_mm_s: between(0, 12, 2),
      bearing_c: between(-10, 110, 1),
      run_h,
      starts,
      energy_kwh: between(1000, 9000, 1),
    };
    return values;
  };
  step();
  return { values: () => values, step };
}

const DEVICE_BUSY = 6;

/** What goes wrong with one answer. */
export type Fault = 'mute' | 'wrong_crc' | 'exception' | 'noise' | 'split' | { readonly late_ms: number };

export interface FaultyLine {
  readonly port: BytePort;
  /** Requests heard, by unit. */
  readonly asked: Map<number, number>;
  /** Faults to come for a unit, first answer first; when they run out it is well. */
  faults(unit: number, ...faults: readonly (Fault | 'well')[]): void;
  /** From now on every answer of the unit. */
  always(unit: number, fault: Fault | 'well'): void;
}

function transmit(port: BytePort, answer: Buffer, fault: Fault | 'well', noise: Buffer): void {
  const write = (bytes: Uint8Array): void => void port.write(bytes).catch(() => {});
  if (fault === 'wrong_crc') {
    const wrong = Buffer.from(answer);
    wrong[3]! ^= 0x10;
    write(wrong);
  } else if (fault === 'noise') {
    write(Buffer.concat([noise, answer, noise]));
  } else if (fault === 'split') {
    for (const [i, byte] of answer.entries()) setTimeout(() => write(Buffer.of(byte)), 1 + i);
  } else if (fault !== 'mute') {
    write(answer);
  }
}

/** Controllers at the far end of a wire, whose answers can be spoilt. */
export async function faultyLine(
  wire: Wire,
  pumps: ReadonlyMap<number, { readonly values: () => PumpValues }>,
  profile: Profile = pumpProfile,
): Promise<FaultyLine> {
  const [line] = gatewayConfigSchema.parse(configFor(wire, [1])).lines;
  const port = await openSerialLine({ ...line!, path: wire.far });
  const queued = new Map<number, (Fault | 'well')[]>();
  const standing = new Map<number, Fault | 'well'>();
  const asked = new Map<number, number>();
  const busy = new Map<number, Promise<void>>();
  simulateControllers({
    port,
    controllers: new Map([...pumps].map(([unit, { values }]) => [unit, { profile, values }])),
    send: (answer, unit, request) => {
      asked.set(unit, (asked.get(unit) ?? 0) + 1);
      const fault = queued.get(unit)?.shift() ?? standing.get(unit) ?? 'well';
      const refusal = withCrc(Buffer.from([unit, answer[1]! | 0x80, DEVICE_BUSY]));
      // The worst noise: it begins as the answer does.
      const noise = Buffer.concat([answer.subarray(0, request ? 3 : 2), Buffer.of(0xff, 0, 0xff)]);
      const late_ms = typeof fault === 'object' ? fault.late_ms : 0;
      // A controller does one thing after the other: what is asked while it is slow is answered later still.
      const before = busy.get(unit) ?? Promise.resolve();
      busy.set(
        unit,
        before
          .then(() => (late_ms > 0 ? sleep(late_ms) : undefined))
          .then(() => transmit(port, fault === 'exception' ? refusal : answer, fault, noise)),
      );
    },
  });
  return {
    port,
    asked,
    faults: (unit, ...faults) => queued.set(unit, [...faults]),
    always: (unit, fault) => standing.set(unit, fault),
  };
}

export interface TimingOptions {
  readonly poll_ms?: number;
  readonly timeout_ms?: number;
  readonly heartbeat_s?: number;
}

/** A line over the wire with these Modbus addresses, as an installer would write it (defaults left out). */
export function configFor(
  wire: Wire,
  units: readonly number[],
  { heartbeat_s = 60, ...timing }: TimingOptions = {},
): unknown {
  return {
    site: 'court',
    asset: 'gw-cellar',
    heartbeat_s,
    lines: [
      {
        path: wire.near,
        poll_ms: 100,
        timeout_ms: 300,
        ...timing,
        units: units.map((unit) => ({
          unit,
          asset: `pump-0${unit}`,
          kind: 'pump',
          profile: 'pump-controller',
        })),
      },
    ],
  };
}
