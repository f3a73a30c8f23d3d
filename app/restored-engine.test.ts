import { expect, it } from 'vitest';
import { silentLog } from '../model/log.ts';
import { library, troubledEstate } from '../rules/engine/engine.testkit.ts';
import { createEngine } from '../rules/engine/engine.ts';
import { restoredEngine } from './restored-engine.ts';

const START = Date.parse('2026-01-10T12:00:00Z');
const { directory, readings } = troubledEstate(7, 20, START);
const options = { rules: library(), directory, upSince: START };

it('goes on from its snapshot', () => {
  const engine = createEngine(options);
  engine.stepAll(readings);
  expect(engine.faults().length).toBeGreaterThan(0);
  const snapshot = engine.snapshot();
  expect(restoredEngine({ ...options, snapshot }, silentLog).faults()).toEqual(engine.faults());
});

it('begins anew, and says so, where the snapshot cannot be read', () => {
  const said: string[] = [];
  const log = { ...silentLog, error: (_: object, text: string) => void said.push(text) };
  const engine = restoredEngine({ ...options, snapshot: new Uint8Array([1, 2, 3]) }, log);
  expect(said).toEqual([expect.stringContaining('the state of the rules was left aside')]);
  expect(engine.faults()).toEqual([]);
  expect(engine.stepAll(readings)).toEqual(createEngine(options).stepAll(readings));
});
