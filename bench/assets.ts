import { numberAfter, wordAfter } from './arguments.ts';
import { wholeWay } from './whole-way.ts';

const ASSETS = [1_000, 10_000, 100_000];
const DEFAULT_SECONDS = 10;

/** What one reading costs when a site has a thousand assets, and when it has a hundred thousand. */
export async function benchAssets(
  say: (line: string) => void,
  args: readonly string[],
): Promise<Record<string, number>> {
  const engine = wordAfter(args, '--engine', ['duckdb', 'influx']);
  const seconds = numberAfter(args, '--seconds', DEFAULT_SECONDS);
  const load = { devices: 50, seconds, readingsPerMessage: 1, window: 40 };
  say(`${load.devices} connections speak for all assets in turn, single readings, ${seconds} s each`);
  const figures: Record<string, number> = {};
  for (const assets of ASSETS) {
    const { cpu_us, stored, storedMs } = await wholeWay({ ...load, assets }, engine);
    figures[`assets${assets}_cpu_us_per_reading`] = cpu_us;
    figures[`assets${assets}_stored_readings_per_s`] = Math.round((stored / storedMs) * 1_000);
    say(
      `${String(assets).padStart(7)} assets: ${cpu_us} µs a reading, ${figures[`assets${assets}_stored_readings_per_s`]} readings/s stored`,
    );
  }
  const cost = (assets: number): number => figures[`assets${assets}_cpu_us_per_reading`]!;
  figures['cost_100000_to_1000'] = Math.round((cost(100_000) / cost(1_000)) * 100) / 100;
  say(`a reading costs ${figures['cost_100000_to_1000']} × as much with 100,000 assets as with 1,000`);
  return figures;
}
