import { expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import type { BytePort } from './byte-port.ts';
import { gatewayConfigSchema } from './config.ts';
import { startLine } from './line.ts';
import { pause } from './pause.ts';
import { pumpProfile } from './pump-controller.testkit.ts';
import { unitPoll } from './unit-poll.ts';

/** What no pseudo-terminal does, but a dying adapter: it opens, and fails at the first byte. */
function dyingPort(): BytePort {
  const gone = new AbortController();
  return {
    write: async () => {
      gone.abort(new Error('EIO'));
      throw new Error('EIO');
    },
    onData: () => {},
    gone: gone.signal,
    close: async () => {},
  };
}

it('does not hammer an adapter that opens and fails at once', async () => {
  const units = [{ unit: 1, asset: 'pump-01', kind: 'pump' as const, profile: 'pump-controller' }];
  const { lines } = gatewayConfigSchema.parse({
    site: 'court',
    asset: 'gw-cellar',
    lines: [{ path: '/dev/dying', poll_ms: 100, units }],
  });
  let opened = 0;
  const line = startLine({
    config: lines[0]!,
    units: units.map((unit) => unitPoll(unit, pumpProfile, systemClock)),
    open: async () => {
      opened++;
      return dyingPort();
    },
    deliver: () => expect.unreachable(),
    log: silentLog,
  });
  // Pauses of 0.5, 1, 2 … s.
  await pause(1_200, new AbortController().signal);
  expect(opened).toBeGreaterThanOrEqual(1);
  expect(opened).toBeLessThanOrEqual(3);
  expect(line.answering()).toBe(0);
  await line.close();
});
