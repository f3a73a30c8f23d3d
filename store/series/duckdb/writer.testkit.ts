import { NOW, pump } from '../points.testkit.ts';
import { openDuckdbSeries } from './store.ts';

/**
 * Runs as a process of its own, to be killed or starved: writes batches for ever, says `stored <position>` after each
 * and `kept <reason>` when it must write one again.
 */
const BATCH = Number(process.env['STEWARD_TEST_BATCH']);
const never = new AbortController().signal;
const store = await openDuckdbSeries({ file: process.env['STEWARD_TEST_FILE'] ?? '' });
for (let position = (await store.position()) ?? 0; ; position += BATCH) {
  const points = Array.from({ length: BATCH }, (_, i) =>
    pump(`p${i % 5}`, NOW + (position + i) * 10, { power_w: i, flow_m3_h: position }),
  );
  for (;;) {
    const settled = await store.write(points, position + BATCH, never);
    process.stdout.write(
      settled.stored === BATCH ? `stored ${position + BATCH}\n` : `kept ${settled.reason}\n`,
    );
    if (settled.stored === BATCH) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
