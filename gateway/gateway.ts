import type { Clock } from '../model/clock.ts';
import { SECOND_MS } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import type { Health } from '../model/health.ts';
import type { Log } from '../model/log.ts';
import { didYouMean } from '../model/suggest.ts';
import { telemetryTopic } from '../model/topics.ts';
import type { BytePort } from './byte-port.ts';
import type { GatewayConfig, LineConfig, UnitConfig } from './config.ts';
import { type Line, startLine } from './line.ts';
import { createOutbox, type Publish } from './outbox.ts';
import type { Profile } from './profile.ts';
import { type UnitPoll, unitPoll } from './unit-poll.ts';

const FLUSH_MS = 5_000;

export interface GatewayOptions {
  readonly config: GatewayConfig;
  /** By name, of `loadProfiles`. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Opens a line: `openSerialLine`. */
  readonly open: (line: LineConfig) => Promise<BytePort>;
  readonly publish: Publish;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Gateway {
  /** Not ok while a line is closed or no unit of a line answers. */
  health(): Health;
  readonly counts: { readonly sent: number; readonly dropped: number };
  /**
   * Ends the polls under way, closes the ports, then sends what waits, for up to 5 s.
   *
   * Resolves with the number of readings that could not be sent.
   */
  close(): Promise<number>;
}

function profileOf(unit: UnitConfig, { profiles }: GatewayOptions): Profile {
  const profile = profiles.get(unit.profile);
  if (!profile) {
    const hint = didYouMean(unit.profile, profiles.keys());
    throw new StewardError(
      'config_invalid',
      `gateway: ${unit.asset}: there is no profile "${unit.profile}"${hint}`,
    );
  }
  if (profile.kind !== unit.kind) {
    const text = `gateway: ${unit.asset} is a ${unit.kind}, but profile "${unit.profile}" is for a ${profile.kind}`;
    throw new StewardError('config_invalid', text);
  }
  return profile;
}

function healthOf(lines: readonly Line[], config: GatewayConfig, waiting: number): Health {
  const closed = lines.filter((line) => !line.isOpen()).map((line) => `${line.path} is closed`);
  const mute = lines
    .filter((line) => line.isOpen() && line.answering() === 0)
    .map((line) => `no unit answers on ${line.path}`);
  const units = config.lines.reduce((sum, line) => sum + line.units.length, 0);
  const heard = lines.reduce((sum, line) => sum + line.answering(), 0);
  const problems = [...closed, ...mute];
  return {
    ok: problems.length === 0,
    detail: [...problems, `${heard} of ${units} units answer, ${waiting} readings wait`].join('; '),
  };
}

/**
 * Reads wired controllers and publishes what they say in the native format, until it is closed. A line that cannot be
 * opened or a unit that does not answer is no error here: it is logged, tried again and told by `health`.
 *
 * Rejects with config_invalid when a unit's profile does not exist or is for another kind.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, open, publish, clock, log } = options;
  const started = clock.now();
  const polls = config.lines.map((line) =>
    line.units.map((unit): UnitPoll => unitPoll(unit, profileOf(unit, options), clock)),
  );
  const outbox = createOutbox(publish, config.outbox_limit, log);
  const deliver = (unit: UnitConfig, ts: number, values: Readonly<Record<string, number>>): void => {
    const { kind, asset, site = config.site } = unit;
    if (Object.keys(values).length > 0) outbox.add(telemetryTopic({ site, kind, asset }), { ts, ...values });
  };
  const lines = config.lines.map((line, i) =>
    startLine({ config: line, units: polls[i]!, open, deliver, log }),
  );
  const heartbeat = setInterval(() => {
    const { site, asset } = config;
    outbox.add(telemetryTopic({ site, kind: 'gateway', asset }), {
      ts: clock.now(),
      uptime_s: Math.max(0, clock.now() - started) / SECOND_MS,
      devices: lines.reduce((sum, line) => sum + line.answering(), 0),
      queued: outbox.waiting(),
    });
  }, config.heartbeat_s * SECOND_MS);
  return {
    health: () => healthOf(lines, config, outbox.waiting()),
    counts: outbox.counts,
    async close() {
      clearInterval(heartbeat);
      await Promise.all(lines.map((line) => line.close()));
      return outbox.close(FLUSH_MS);
    },
  };
}
