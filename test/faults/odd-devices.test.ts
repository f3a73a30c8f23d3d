import { expect, it } from 'vitest';
import { createIngest } from '../../ingest/ingest.ts';
import { DAY_MS, MINUTE_MS } from '../../model/clock.ts';
import type { FaultChange } from '../../model/fault.ts';
import type { Rejection } from '../../model/rejection.ts';
import { asset, library, siteWith } from '../../rules/engine/engine.testkit.ts';
import { createEngine } from '../../rules/engine/engine.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const MINUTES = 60;
/** From then on the odd ones are as they should be. */
const MENDED = 30;
const IDS = ['honest', 'a-day-fast', 'changes-type'] as const;
type Id = (typeof IDS)[number];

/** A bearing that grows hot after 40 minutes, as each device tells it. */
function payload(id: Id, minute: number): object {
  const ts = START + minute * MINUTE_MS;
  const bearing_c = minute < 40 ? 50 : 120;
  const told = { ts, running: true, power_w: 3_000, bearing_c };
  if (minute >= MENDED || id === 'honest') return told;
  if (id === 'a-day-fast') return { ...told, ts: ts + DAY_MS };
  return { ...told, bearing_c: [bearing_c, String(bearing_c), true, null, { c: bearing_c }][minute % 5] };
}

/** An hour through ingest and the shipped rules: what was rejected, by device, and what the rules told of each pump. */
async function hour(
  ids: readonly Id[],
): Promise<{ rejected: Map<string, string[]>; changes: FaultChange[] }> {
  const pumps = IDS.map((id) => asset(id, 'pump', { heartbeat_s: 60 }));
  const directory = siteWith(pumps);
  const engine = createEngine({ rules: library(), directory, upSince: START });
  const rejected = new Map<string, string[]>();
  const changes: FaultChange[] = [];
  const ingest = createIngest({
    directory,
    journal: {
      append: async (entries) => {
        for (const entry of entries)
          if (entry.type === 'reading') changes.push(...engine.step(entry.reading));
        return 0;
      },
    },
    quarantine: {
      keep: async (rejections: readonly Rejection[]) => {
        for (const { client, code, detail } of rejections)
          rejected.set(client, [...(rejected.get(client) ?? []), `${code}: ${detail}`]);
      },
    },
  });
  for (let minute = 0; minute < MINUTES; minute++) {
    const received = START + minute * MINUTE_MS;
    for (const id of ids) {
      const bytes = Buffer.from(JSON.stringify(payload(id, minute)));
      const topic = `site/s/pump/${id}/telemetry`;
      await ingest.accept({ id: `${id}-${minute}`, topic, payload: bytes, client: id, received });
    }
    changes.push(...engine.advance(received));
  }
  return { rejected, changes };
}

const told = (changes: readonly FaultChange[], id: Id): string[] =>
  changes.filter(({ fault }) => fault.asset === id).map(({ cause }) => cause);

it('a clock a day fast and a metric that changes its type are told by name, harm nobody, and are heard once mended', async () => {
  const alone = await hour(['honest']);
  const { rejected, changes } = await hour(['a-day-fast', 'changes-type', 'honest']);

  expect(alone.rejected.size).toBe(0);
  expect(told(alone.changes, 'honest')).toEqual([`BearingHot/honest/${START + 42 * MINUTE_MS}:firing`]);
  expect(told(changes, 'honest')).toEqual(told(alone.changes, 'honest'));

  const fast = rejected.get('a-day-fast')!;
  expect(fast).toHaveLength(MENDED);
  expect(fast[0]).toBe('time_in_future: ts: 2026-03-03T10:00:00.000Z is 86400 s ahead of the server');
  // Of five payloads only the one with a number is right.
  const typed = rejected.get('changes-type')!;
  expect(typed).toHaveLength((MENDED * 4) / 5);
  expect(typed.every((text) => text.startsWith('value_wrong_type: bearing_c: '))).toBe(true);
  expect(new Set(typed).size).toBe(4);

  for (const id of ['a-day-fast', 'changes-type'] as const)
    expect(told(changes, id)).toContain(`BearingHot/${id}/${START + 42 * MINUTE_MS}:firing`);
});
