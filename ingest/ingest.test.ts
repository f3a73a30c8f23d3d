import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODES, type RejectCode } from '../model/codes.ts';
import { metricsOf } from '../model/metrics.ts';
import type { RawMessage, Reading } from '../model/reading.ts';
import type { Rejection } from '../model/rejection.ts';
import type { JournalEntry } from '../store/journal/contract.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { smallDirectory } from './site.testkit.ts';

const RECEIVED = 1_767_225_600_500;
const directory = smallDirectory();

interface Bench {
  readonly ingest: Ingest;
  readonly readings: Reading[];
  readonly rejections: Rejection[];
}

/** Ingest over lists instead of disks: what reaches the journal and the quarantine is what this suite is about. */
function bench(): Bench {
  const readings: Reading[] = [];
  const rejections: Rejection[] = [];
  const ingest = createIngest({
    directory,
    journal: {
      append: async (entries: readonly JournalEntry[]) => {
        for (const entry of entries) if (entry.type === 'reading') readings.push(entry.reading);
        return readings.length;
      },
    },
    quarantine: {
      keep: async (more) => {
        rejections.push(...more);
      },
    },
  });
  return { ingest, readings, rejections };
}

function message(payload: Uint8Array | string, topic = 'site/north/pump/p-1/telemetry'): RawMessage {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return { id: 'm-1', topic, payload: bytes, client: 'dev-1', received: RECEIVED };
}

interface Case {
  readonly name: string;
  readonly payload?: string;
  readonly base64?: string;
  readonly readings?: readonly { readonly ts: number; readonly values: Record<string, number> }[];
  readonly rejections?: readonly { readonly code: RejectCode; readonly detail: string }[];
}

const cases = JSON.parse(
  readFileSync(new URL('./codecs/native/cases.json', import.meta.url), 'utf8'),
) as readonly Case[];

describe('native payloads', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const { ingest, readings, rejections } = bench();
    await ingest.accept(message(one.base64 ? Buffer.from(one.base64, 'base64') : (one.payload ?? '')));
    expect(readings.map(({ ts, values }) => ({ ts, values }))).toEqual(one.readings ?? []);
    expect(rejections.map(({ code, detail }) => ({ code, detail }))).toEqual(
      (one.rejections ?? []).map(({ code, detail }) => ({ code, detail: expect.stringContaining(detail) })),
    );
    const counters = { messages: 1, readings: readings.length, rejected: rejections.length };
    expect(ingest.counters()).toEqual(counters);
  });
});

describe('the topic', () => {
  it.each<[string, RejectCode, string]>([
    ['site/north/pump/p-1', 'topic_unknown', '"site/north/pump/p-1" is not site/'],
    ['site/north/pump/p-1/telemetry/x', 'topic_unknown', 'is not site/'],
    ['site/north/lift/p-1/telemetry', 'topic_unknown', 'is not site/'],
    ['site/north/pump/P-1/telemetry', 'topic_unknown', 'is not site/'],
    [
      'site/north/pump/p-11/telemetry',
      'asset_unknown',
      'site "north" has no pump "p-11" (did you mean "p-1"?)',
    ],
    ['site/nowhere/pump/zzz/telemetry', 'asset_unknown', 'site "nowhere" has no pump "zzz"'],
    [
      'site/north/bay/p-1/telemetry',
      'asset_unknown',
      '"p-1" is a pump of site "north", not a bay of "north"',
    ],
    [
      'site/north/pump/s-1/telemetry',
      'asset_unknown',
      '"s-1" is a pump of site "south", not a pump of "north"',
    ],
  ])('%s', async (topic, code, detail) => {
    const { ingest, readings, rejections } = bench();
    await ingest.accept(message('{"power_w":1}', topic));
    expect(readings).toEqual([]);
    expect(rejections).toMatchObject([{ code, detail: expect.stringContaining(detail) }]);
  });

  it('gives a reading its place', async () => {
    const { ingest, readings } = bench();
    await ingest.accept(message('{"power_w":1}'));
    expect(readings).toEqual([
      {
        site: 'north',
        zone: 'cellar',
        kind: 'pump',
        asset: 'p-1',
        ts: RECEIVED,
        received: RECEIVED,
        values: { power_w: 1 },
        message: 'm-1',
      },
    ]);
  });
});

describe('what is kept of a rejected message', () => {
  it('is the message and where it came from', async () => {
    const { ingest, rejections } = bench();
    await ingest.accept(message('{"power_w":'));
    expect(rejections).toMatchObject([
      {
        message: 'm-1',
        client: 'dev-1',
        received: RECEIVED,
        topic: 'site/north/pump/p-1/telemetry',
        size: 11,
      },
    ]);
    expect(Buffer.from(rejections[0]!.payload).toString()).toBe('{"power_w":');
  });

  it('is the first 4 KiB of one that is too large, and its size', async () => {
    const { ingest, rejections } = bench();
    await ingest.accept(message(Buffer.alloc(1_000_000, '[')));
    expect(rejections).toMatchObject([
      { code: 'payload_too_large', detail: '1000000 bytes where 262144 are allowed', size: 1_000_000 },
    ]);
    expect(rejections[0]!.payload).toHaveLength(4_096);
  });

  it('is the element of a batch', async () => {
    const { ingest, rejections } = bench();
    await ingest.accept(message('[{"power_w":1},{"power_w":"x"}]'));
    expect(Buffer.from(rejections[0]!.payload).toString()).toBe('{"power_w":"x"}');
    expect(rejections[0]!.size).toBe(15);
  });

  it('is bounded, however many elements are bad, and all of them are counted', async () => {
    const { ingest, readings, rejections } = bench();
    await ingest.accept(message(`[${'1,'.repeat(100_000)}{"power_w":1}]`));
    expect(readings).toHaveLength(1);
    expect(rejections).toHaveLength(100);
    expect(rejections[99]!.detail).toContain('and 99900 more in this message');
    expect(ingest.counters()).toEqual({ messages: 1, readings: 1, rejected: 100_000 });
  });

  it('is said by the broker when it refuses a message itself', async () => {
    const { ingest, rejections } = bench();
    await ingest.refuse(message('{"power_w":1}'), 'topic_forbidden', 'dev-1 may not publish for "p-1"');
    expect(rejections).toMatchObject([{ code: 'topic_forbidden', size: 13 }]);
    expect(ingest.counters()).toEqual({ messages: 1, readings: 0, rejected: 1 });
  });
});

describe('durability', () => {
  const failing = async (): Promise<never> => {
    throw new Error('disk full');
  };
  const nothing = async (): Promise<number> => 0;

  it.each([
    ['the journal fails', { append: failing }, { keep: async () => {} }, '{"power_w":1}', true],
    ['the quarantine fails', { append: nothing }, { keep: failing }, 'x', true],
    [
      'the quarantine fails for one element',
      { append: nothing },
      { keep: failing },
      '[{"power_w":1},1]',
      true,
    ],
    [
      'the quarantine would fail but is not needed',
      { append: nothing },
      { keep: failing },
      '{"power_w":1}',
      false,
    ],
  ])('%s', async (_, journal, quarantine, payload, rejects) => {
    const ingest = createIngest({ directory, journal, quarantine });
    const outcome = ingest.accept(message(payload));
    if (rejects) await expect(outcome).rejects.toThrow('disk full');
    else await outcome;
  });

  it('keeps the order of messages that are handed over side by side', async () => {
    const { ingest, readings } = bench();
    await Promise.all(Array.from({ length: 100 }, (_, i) => ingest.accept(message(`{"power_w":${i}}`))));
    expect(readings.map((reading) => reading.values['power_w'])).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });
});

describe('whatever is sent', () => {
  const json = fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text));
  const almost = fc
    .dictionary(
      fc.oneof(
        fc.constantFrom('ts', 'seq', '__proto__', 'toString', ...metricsOf('pump').keys()),
        fc.string(),
      ),
      fc.oneof(fc.double(), fc.integer(), fc.boolean(), fc.string(), fc.constant(null)),
    )
    .map((members) => Buffer.from(JSON.stringify(members)));
  const nested = fc
    .tuple(fc.constantFrom('[', '{"power_w":', '[{"a":'), fc.integer({ min: 1, max: 40_000 }))
    .map(([open, times]) => Buffer.from(open.repeat(times).slice(0, 250_000)));
  const payloads = fc.oneof(fc.uint8Array({ maxLength: 300 }), json, almost, nested);

  it('ends as readings that the catalogue allows or with a registered code', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const { ingest, readings, rejections } = bench();
        await ingest.accept(message(payload));
        expect(readings.length + rejections.length).toBeGreaterThan(0);
        for (const { code, detail } of rejections) {
          expect(CODES).toContain(code);
          expect(detail.length).toBeLessThan(400);
          expect(detail).not.toContain('Steward failed');
        }
        for (const { ts, values } of readings) {
          expect(Number.isSafeInteger(ts)).toBe(true);
          for (const [name, value] of Object.entries(values)) {
            const metric = metricsOf('pump').get(name)!;
            expect(value >= metric.min && value <= metric.max).toBe(true);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not long under way: hostile quotes, nesting and names take no quadratic time', async () => {
    const hostile = [
      `{"a":N${'"\\'.repeat(120_000)}`,
      `[${'{"power_w":'.repeat(20_000)}`,
      `${'['.repeat(120_000)}${']'.repeat(120_000)}`,
      `{"${'p'.repeat(250_000)}":1}`,
      `[${Array.from({ length: 9_000 }, (_, i) => `{"metric_${i}":1}`).join(',')}]`,
    ];
    for (const payload of hostile) {
      const { ingest, rejections } = bench();
      const begun = performance.now();
      await ingest.accept(message(payload));
      // Each takes some ten milliseconds on an idle core; in quadratic time it would be half a minute and more.
      expect(performance.now() - begun).toBeLessThan(5_000);
      expect(rejections[0]!.detail).not.toContain('Steward failed');
    }
  });
});
