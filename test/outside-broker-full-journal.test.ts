import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MqttPort, startLink } from '../broker/link.ts';
import {
  DEVICE_USER,
  LINK_USER,
  type Mosquitto,
  PASSWORD,
  startMosquitto,
} from '../broker/link-mosquitto.testkit.ts';
import { mosquitto } from '../broker/mosquitto.testkit.ts';
import { createIngest } from '../ingest/ingest.ts';
import { smallDirectory } from '../ingest/site.testkit.ts';
import { systemClock } from '../model/clock.ts';
import { silentLog } from '../model/log.ts';
import { seededRandom } from '../model/random.ts';
import type { Journal } from '../store/journal/contract.ts';
import { openJournal } from '../store/journal/journal.ts';
import { openQuarantine } from '../store/quarantine/sqlite.ts';
import { isMissing } from './engines.testkit.ts';

const COUNT = 3_000;
const LIMIT = 500;
const UNSETTLED = 100;

let dir: string;
let broker: Mosquitto;
let journal: Journal;
let port: MqttPort;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'steward-link-'));
  broker = await startMosquitto();
  journal = await openJournal({ dir: join(dir, 'journal'), limit: LIMIT });
});
afterEach(async () => {
  await port.close();
  await journal.close();
  await broker.remove();
  rmSync(dir, { recursive: true, force: true });
});

describe.skipIf(isMissing('mosquitto', 'mosquitto_pub'))('a full journal behind an outside broker', () => {
  it.each(['5', '3.1.1'] as const)(
    'holds the broker back over MQTT %s, and nothing is lost',
    async (protocol) => {
      journal.cursor('series');
      const quarantine = await openQuarantine({ dir: join(dir, 'quarantine') });
      const ingest = createIngest({ directory: smallDirectory(), journal, quarantine });
      port = startLink({
        url: broker.url,
        user: LINK_USER,
        password: PASSWORD,
        clientId: 'steward',
        protocol,
        group: 'steward',
        sessionExpiryS: 600,
        clock: systemClock,
        random: seededRandom(1),
        log: silentLog,
        limits: { maxUnsettled: UNSETTLED, closeTimeoutMs: 100 },
        accept: ingest.accept,
      });
      while (!port.health().ok) await sleep(5);
      const lines = Array.from(
        { length: COUNT },
        (_, i) => `{"ts":${Date.now() - COUNT + i},"power_w":${i}}\n`,
      );
      const at = ['-h', '127.0.0.1', '-p', `${broker.port}`, '-u', DEVICE_USER, '-P', PASSWORD];
      const target = ['-q', '1', '-t', 'site/north/pump/p-1/telemetry', '-l'];
      const { code } = await mosquitto('mosquitto_pub', [...at, ...target], Buffer.from(lines.join('')));
      expect(code).toBe(0);

      // Appends share their weight: full is when the next one does not fit.
      while (journal.head() <= LIMIT - UNSETTLED) await sleep(5);
      while (!port.health().detail.includes(`${UNSETTLED} messages`)) await sleep(5);
      await sleep(100);
      expect(journal.head()).toBeLessThanOrEqual(LIMIT);
      expect(ingest.counters().messages).toBe(journal.head() + UNSETTLED);
      expect(port.health().ok).toBe(true);

      const values: number[] = [];
      while (values.length < COUNT) {
        const entries = journal.read(values.length, 200);
        for (const { entry } of entries) {
          if (entry.type === 'reading') values.push(entry.reading.values['power_w']!);
        }
        if (entries.length > 0) await journal.advance('series', values.length);
        else await sleep(5);
      }
      expect(values).toEqual(Array.from({ length: COUNT }, (_, i) => i));
      await quarantine.close();
    },
  );
});
