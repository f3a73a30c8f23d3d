import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecoder, createEncoder, FRAME_ENTRIES, LEAST_ENTRY_BYTES } from './codec.ts';
import type { JournalEntry } from './contract.ts';
import { point, reading } from './entries.testkit.ts';
import { createOutput } from './output.ts';

const decoder = createDecoder();
const encoder = createEncoder();

function encoded(entries: readonly JournalEntry[]): Buffer {
  const out = createOutput();
  encoder.encode(entries, 0, entries.length, out);
  return Buffer.from(out.bytes());
}

/** As the catalogue names metrics. */
const name = fc.stringMatching(/^[a-z][a-z_]{0,11}$/);
const numbers = fc.dictionary(name, fc.double(), { maxKeys: 6, noNullPrototype: true });
const text = fc.string({ unit: 'binary' });
/** Few assets, so that shapes come again with other values, other metrics and other places. */
const few = fc.constantFrom('a', 'b', 'line\nbreak', '"');
const readings = fc.record({
  type: fc.constant('reading' as const),
  reading: fc.record({
    site: few,
    zone: few,
    kind: fc.constantFrom('pump', 'bay', 'luminaire'),
    asset: few,
    ts: fc.double(),
    received: fc.double(),
    values: numbers,
    message: fc.oneof(few, text),
  }),
});
const points = fc.record({
  type: fc.constant('point' as const),
  point: fc.record({
    measurement: text,
    tags: fc.dictionary(name, text, { noNullPrototype: true }),
    ts: fc.double(),
    fields: numbers,
  }),
});

describe('entries as bytes', () => {
  it('come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(readings, points), { minLength: 1, maxLength: 40 }), (entries) => {
        const bytes = encoded(entries as JournalEntry[]);
        expect(decoder.decode(bytes)).toEqual(entries);
        expect(bytes.length).toBeGreaterThanOrEqual(entries.length * LEAST_ENTRY_BYTES);
      }),
    );
  });

  it('come back from the fullest frame there is', () => {
    const entries = Array.from({ length: FRAME_ENTRIES }, (_, i) => (i % 3 === 0 ? point(i) : reading(i)));
    expect(decoder.decode(encoded(entries))).toEqual(entries);
  });

  it('keep the metrics of an asset that sends ever other ones', () => {
    const entries = Array.from({ length: 100 }, (_, i): JournalEntry => {
      const { reading: one } = reading(7) as Extract<JournalEntry, { type: 'reading' }>;
      return { type: 'reading', reading: { ...one, values: { [`metric_${i}`]: i } } };
    });
    expect(decoder.decode(encoded(entries))).toEqual(entries);
  });
});
