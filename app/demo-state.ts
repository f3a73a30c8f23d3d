import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { StewardError } from '../model/codes.ts';

/** What a demo remembers, so that the same simulated world goes on when it is started again. */
const schema = z.strictObject({
  seed: z.int(),
  /** When the simulation began, and the moment that its scenario's times are told from; epoch milliseconds. */
  start: z.number(),
  now: z.number(),
  /** Everything measured before is acknowledged. */
  sent_until: z.number(),
});
export type DemoState = z.output<typeof schema>;

export function readDemoState(file: string): DemoState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new StewardError(
      'config_invalid',
      `${file}: no state of a demo; remove the data folder to begin anew`,
      {
        cause: error,
      },
    );
  }
}

/** Whole or not at all. */
export function writeDemoState(file: string, state: DemoState): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${file}.new`, file);
}

/** Every demo has the same habits and the same luck; only its hours differ. */
const SEED = 1;

/** A world that begins `historyMs` ago. */
export function newDemoState(now: number, historyMs: number): DemoState {
  const start = now - historyMs;
  return { seed: SEED, start, now, sent_until: start };
}
