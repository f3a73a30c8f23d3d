import type { Logger } from 'pino';
import { createLatestValues, type LatestValues } from '../api/latest.ts';
import { createLiveHub } from '../api/live/hub.ts';
import { SERIES_CURSOR } from '../ingest/series-writer.ts';
import { systemClock } from '../model/clock.ts';
import { directoryOf } from '../model/directory.ts';
import { KINDS } from '../model/kinds.ts';
import type { SeriesStore } from '../store/series/contract.ts';
import { createClosing } from './closing.ts';
import type { House, SimulatedTime, StewardOptions } from './house.ts';
import { openStores, type Stores } from './open-stores.ts';
import { startQuarantineExpiry } from './quarantine-expiry.ts';
import { startGateway } from './start-gateway.ts';
import { startHttp } from './start-http.ts';
import { startIntake } from './start-intake.ts';
import { startRules } from './start-rules.ts';
import { startSigns } from './start-signs.ts';
import { startWatch } from './start-watch.ts';
import { retellNewestTickets } from './ticket-news.ts';
import { createTrace } from './trace.ts';
import { watchEventLoop } from './watch/event-loop.ts';
import { createMeters, measuredJournal, measuredSeries } from './watch/measured.ts';

/** A running Steward. */
export interface Steward extends Pick<Stores, 'records' | 'series' | 'journal'> {
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly log: Logger;
  /** From now on readings of these devices are received at that time; undefined = the real one. */
  simulatedTime(time: SimulatedTime | undefined): void;
  /** Resolves when everything journalled so far has gone through the rules. */
  rulesCaughtUp(): Promise<void>;
  /** Resolves when everything journalled so far is in the series engine. */
  seriesCaughtUp(): Promise<void>;
  advanceRules(to: number): Promise<void>;
  /** From now on the rules follow the real clock. */
  goLive(): void;
  /** Finishes what is in hand: no message is taken any more, what was taken is stored, then all is closed. */
  close(): Promise<void>;
}

/** What pages show before the first new reading. An engine that does not answer only makes them empty. */
async function seedLatest(latest: LatestValues, series: SeriesStore, log: Logger): Promise<void> {
  for (const kind of KINDS) {
    try {
      latest.seed(await series.latest(kind));
    } catch (error) {
      log.warn({ kind, error }, 'the newest values are not known yet: the series engine does not answer');
      return;
    }
  }
}

/**
 * Joins all parts and starts them: stores, rules, intake, HTTP. When one cannot start, those before it are closed.
 *
 * Throws a StewardError that names the part: port_taken, data_unwritable…
 */
export async function startSteward(options: StewardOptions): Promise<Steward> {
  const { config, folder, sites, log } = options;
  const closing = createClosing(log);
  try {
    const opened = await openStores(config, folder, closing, log);
    const meters = createMeters();
    const trace = createTrace(log);
    const timed = measuredJournal(opened.journal, meters, () => performance.now());
    const stores: Stores = {
      ...opened,
      journal: trace?.journal(timed, SERIES_CURSOR) ?? timed,
      series: measuredSeries(opened.series, meters, () => performance.now()),
    };
    closing.add(
      'expiry of the quarantine',
      startQuarantineExpiry({
        quarantine: opened.quarantine,
        keepDays: config.quarantine.keep_days,
        clock: systemClock,
        log,
      }),
    );
    const loop = watchEventLoop();
    closing.add('event loop watch', () => loop.stop());
    await options.prepare?.(stores.records);
    const latest = createLatestValues();
    const live = createLiveHub({ latest });
    const directory = directoryOf(sites);
    const house: House = {
      ...stores,
      options,
      directory,
      latest,
      live,
      meters,
      loop,
      trace,
      simulatedTime: undefined,
      broker: undefined,
    };
    await seedLatest(latest, stores.series, log);
    const rules = await startRules(house, closing);
    await retellNewestTickets(stores.records, stores.journal);
    const intake = await startIntake(house, closing);
    await startGateway(house, intake, closing);
    startSigns(house, closing);
    const watch = await startWatch(house, { rules, intake }, closing);
    const http = await startHttp(house, { rules, intake, watch }, closing);
    return {
      records: stores.records,
      series: stores.series,
      journal: stores.journal,
      httpUrl: http.url,
      mqttUrl: intake.url,
      log,
      simulatedTime: (time) => {
        house.simulatedTime = time;
      },
      rulesCaughtUp: () => rules.runner.caughtUp(stores.journal.head()),
      seriesCaughtUp: () => intake.writer.caughtUp(stores.journal.head()),
      advanceRules: (to) => rules.runner.advance(to),
      goLive: () => rules.runner.goLive(),
      close: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
