import { NOW, pump } from '../points.testkit.ts';
import { openDuckdbSeries } from './store.ts';

/** Runs as a process of its own: writes batches for ever and prints the position of each settled one. */
const BATCH = 2_500;
const store = await openDuckdbSeries({ file: process.env['STEWARD_TEST_FILE'] ?? '' });
let position = (await store.position()) ?? 0;
for (;;) {
  const points = Array.from({ length: BATCH }, (_, i) =>
    pump(`p${i % 5}`, NOW + (position + i) * 10, { power_w: i, flow_m3_h: position }),
  );
  position += BATCH;
  const settled = await store.write(points, position, new AbortController().signal);
  if (settled.stored === BATCH) process.stdout.write(`${position}\n`);
}
