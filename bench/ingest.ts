import { numberAfter, wordAfter } from './arguments.ts';
import { quantile } from './quantile.ts';
import { bareAedes, type Load, type Whole, wholeWay } from './whole-way.ts';

const DEFAULT_SECONDS = 10;
const BATCH = 20;

function perSecond(count: number, elapsedMs: number): number {
  return Math.round((count / elapsedMs) * 1_000);
}

function figuresOf(prefix: string, { result, stored, storedMs, cpu_us }: Whole): Record<string, number> {
  return {
    [`${prefix}acknowledged_readings_per_s`]: perSecond(stored, result.elapsedMs),
    [`${prefix}stored_readings_per_s`]: perSecond(stored, storedMs),
    [`${prefix}puback_p50_ms`]: quantile(result.latenciesMs, 0.5),
    [`${prefix}puback_p99_ms`]: quantile(result.latenciesMs, 0.99),
    [`${prefix}cpu_us_per_reading`]: cpu_us,
  };
}

/**
 * How many readings a second are acknowledged, and stored, beside what the bare broker manages in the same run: one
 * reading a message, and twenty, as a device sends that empties its buffer.
 */
export async function benchIngest(
  say: (line: string) => void,
  args: readonly string[],
): Promise<Record<string, number>> {
  const engine = wordAfter(args, '--engine', ['duckdb', 'influx']);
  const seconds = numberAfter(args, '--seconds', DEFAULT_SECONDS);
  const single: Load = { devices: 50, assets: 50, seconds, readingsPerMessage: 1, window: 40 };
  say(
    `${single.devices} devices, QoS 1, three metrics a reading, ${single.window} messages in flight each, ${seconds} s; engine ${engine}`,
  );
  const bare = await bareAedes(single);
  const bare_aedes_messages_per_s = perSecond(bare.acknowledged, bare.elapsedMs);
  const one = figuresOf('', await wholeWay(single, engine));
  const many = figuresOf(`batch${BATCH}_`, await wholeWay({ ...single, readingsPerMessage: BATCH }, engine));
  const ratio = one['acknowledged_readings_per_s']! / bare_aedes_messages_per_s;
  const figures = {
    bare_aedes_messages_per_s,
    ratio_to_bare: Math.round(ratio * 100) / 100,
    ...one,
    ...many,
  };
  for (const [name, value] of Object.entries(figures))
    say(`${name.padEnd(40)} ${value.toLocaleString('en').padStart(10)}`);
  return figures;
}
