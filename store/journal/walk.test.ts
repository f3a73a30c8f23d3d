import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeFrame } from './frame.ts';
import { createOutput } from './output.ts';
import { createScratch, walk } from './walk.ts';

const base = mkdtempSync(join(tmpdir(), 'steward-walk-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

it('leaves out the frames of a page that the disk cannot read, and goes on with the next', () => {
  const out = createOutput();
  const ends: number[] = [];
  for (let n = 0; n < 20; n++) {
    const frame = { first: n * 10 + 1, count: 10, goesOn: false, writtenAt: 0 };
    writeFrame(out, frame, () => out.text('x'.repeat(1_000)));
    ends.push(out.length);
  }
  const path = join(base, 'segment');
  writeFileSync(path, out.bytes());
  const file = openSync(path, 'r');
  const bad = 8_192;
  const scratch = createScratch((from, buffer, offset, length, position) => {
    if (position < bad + 4_096 && bad < position + length)
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    return readSync(from, buffer, offset, length, position);
  });
  const steps = [...walk(file, 0, out.length, scratch)].map((step) =>
    step.damaged ? `damaged ${step.offset}+${step.bytes}` : step.first,
  );
  closeSync(file);
  const before = ends.filter((end) => end <= bad).length;
  const next = ends.findIndex((end) => end >= bad + 4_096);
  expect(before).toBeGreaterThan(5);
  expect(steps).toEqual([
    ...Array.from({ length: before }, (_, n) => n * 10 + 1),
    `damaged ${ends[before - 1]}+${ends[next]! - ends[before - 1]!}`,
    ...Array.from({ length: 20 - next - 1 }, (_, n) => (n + next + 1) * 10 + 1),
  ]);
});
