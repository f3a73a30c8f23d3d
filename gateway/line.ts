import { StewardError } from '../model/codes.ts';
import type { Log } from '../model/log.ts';
import type { BytePort } from './byte-port.ts';
import type { LineConfig, UnitConfig } from './config.ts';
import { pause } from './pause.ts';
import { type RtuMaster, rtuMaster } from './rtu-master.ts';
import type { UnitPoll } from './unit-poll.ts';

/** Longest pause of a unit that does not answer, and of a line that cannot be opened. */
const UNIT_PAUSE_MAX_MS = 60_000;
const OPEN_PAUSE_FIRST_MS = 250;
const OPEN_PAUSE_MAX_MS = 30_000;

export interface LineOptions {
  readonly config: LineConfig;
  readonly units: readonly UnitPoll[];
  readonly open: (line: LineConfig) => Promise<BytePort>;
  readonly deliver: (unit: UnitConfig, ts: number, values: Readonly<Record<string, number>>) => void;
  readonly log: Log;
}

export interface Line {
  readonly path: string;
  isOpen(): boolean;
  /** Units that answered when they were last asked. */
  answering(): number;
  /** Resolves when the poll under way has ended and the port is closed. */
  close(): Promise<void>;
}

interface Turn {
  readonly unit: UnitPoll;
  failures: number;
  /** Rounds that it is still left out. */
  skip: number;
  why: string;
  /** It answered when it was last asked. */
  isHeard: boolean;
}

function settle(turn: Turn, why: string, options: LineOptions): void {
  const { config, log } = options;
  turn.failures++;
  turn.isHeard = false;
  const longest = Math.ceil(UNIT_PAUSE_MAX_MS / config.poll_ms);
  turn.skip = Math.min(2 ** Math.min(turn.failures - 1, 20), longest) - 1;
  const fields = { path: config.path, unit: turn.unit.config.unit, asset: turn.unit.config.asset };
  if (turn.why === why) log.debug(fields, `unit still failing: ${why}`);
  else log.warn(fields, `unit not read: ${why}`);
  turn.why = why;
}

/** Asks every unit whose turn it is; those that failed last, so that they hold up nobody. */
async function round(
  turns: Turn[],
  master: RtuMaster,
  stop: AbortSignal,
  options: LineOptions,
): Promise<void> {
  turns.sort((a, b) => a.failures - b.failures || a.unit.config.unit - b.unit.config.unit);
  for (const turn of [...turns]) {
    if (stop.aborted) return;
    if (turn.skip > 0) {
      turn.skip--;
      continue;
    }
    const outcome = await turn.unit.poll(master);
    if (outcome.type === 'gone') return;
    if (outcome.type === 'failed') {
      settle(turn, outcome.why, options);
      continue;
    }
    if (turn.failures > 0) {
      const { unit, asset } = turn.unit.config;
      options.log.info({ path: options.config.path, unit, asset }, 'unit answers again');
    }
    turn.failures = 0;
    turn.isHeard = true;
    turn.why = '';
    options.deliver(turn.unit.config, outcome.ts, outcome.values);
  }
}

/** Opens the line, with growing pauses while it cannot be; undefined when told to stop. */
async function openPatiently(
  { config, open, log }: LineOptions,
  stop: AbortSignal,
): Promise<BytePort | undefined> {
  let said = '';
  for (let wait = OPEN_PAUSE_FIRST_MS; !stop.aborted; wait = Math.min(2 * wait, OPEN_PAUSE_MAX_MS)) {
    try {
      const port = await open(config);
      log.info({ path: config.path }, 'serial line open');
      return port;
    } catch (error) {
      const { message } = error as Error;
      const code = error instanceof StewardError ? error.code : 'serial_unavailable';
      const fields = { code, path: config.path };
      if (message === said) log.debug(fields, `serial line still closed: ${message}`);
      else log.error(fields, `serial line cannot be opened, tried again until it can: ${message}`);
      said = message;
      await pause(wait, stop);
    }
  }
  return undefined;
}

/** Keeps a line open and polls its units in turn, every `poll_ms`, until it is closed. */
export function startLine(options: LineOptions): Line {
  const { config, log } = options;
  const stop = new AbortController();
  const turns = options.units.map((unit): Turn => ({ unit, failures: 0, skip: 0, why: '', isHeard: false }));
  let port: BytePort | undefined;
  let lostPauseMs = OPEN_PAUSE_FIRST_MS;

  /** An adapter that opens and fails at once must not be opened a thousand times a second. */
  const lost = async (gone: AbortSignal): Promise<void> => {
    const why = (gone.reason as Error).message;
    log.error({ code: 'serial_unavailable', path: config.path }, `serial line lost: ${why}`);
    const wasOfUse = turns.some(({ isHeard }) => isHeard);
    lostPauseMs = wasOfUse ? OPEN_PAUSE_FIRST_MS : Math.min(2 * lostPauseMs, OPEN_PAUSE_MAX_MS);
    // Whoever plugs it in again wants to see every unit at once.
    for (const turn of turns) Object.assign(turn, { isHeard: false, skip: 0 });
    await pause(lostPauseMs, stop.signal);
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      port = await openPatiently(options, stop.signal);
      if (!port) return;
      const { gone } = port;
      const master = rtuMaster(port, { baudRate: config.baud_rate, timeoutMs: config.timeout_ms });
      const over = AbortSignal.any([stop.signal, gone]);
      while (!over.aborted) {
        const next = pause(config.poll_ms, over);
        await round(turns, master, over, options);
        await next;
      }
      const wasLost = gone.aborted;
      await port.close();
      port = undefined;
      if (wasLost) await lost(gone);
    }
  };
  const running = run();
  return {
    path: config.path,
    isOpen: () => port !== undefined && !port.gone.aborted,
    answering: () => turns.filter(({ isHeard }) => isHeard).length,
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
