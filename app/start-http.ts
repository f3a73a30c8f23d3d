import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { buildApi } from '../api/api.ts';
import { replayQuarantined } from '../ingest/quarantine-replay.ts';
import { systemClock } from '../model/clock.ts';
import { StewardError } from '../model/codes.ts';
import { isOpenState, TICKET_STATES } from '../model/ticket.ts';
import { actionsFor } from '../tickets/actions.ts';
import { noticesOf } from '../tickets/notices.ts';
import type { Closing } from './closing.ts';
import { stewardFigures } from './figures.ts';
import type { House } from './house.ts';
import { metricsText } from './metrics-text.ts';
import { operatorKey } from './operator-key.ts';
import { webRoot } from './paths.ts';
import { readiness } from './readiness.ts';
import { ruleFilesOf } from './rule-files.ts';
import { ruleWritings } from './rule-writing.ts';
import { startBacktests } from './start-backtests.ts';
import type { Intake } from './start-intake.ts';
import type { RunningRules } from './start-rules.ts';
import type { Watch } from './start-watch.ts';

const OPEN_STATES = TICKET_STATES.filter(isOpenState);
const NOTICES_AT_MOST = 500;

async function listen(api: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await api.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new StewardError(
        'port_taken',
        `HTTP ${host}:${port}: something else listens there; stop it, or choose another with --http-port or STEWARD_HTTP_PORT`,
      );
    }
    throw new StewardError('port_unusable', `HTTP ${host}:${port}: ${message}`, { cause: error });
  }
  const address = api.server.address() as AddressInfo;
  return `http://${host === '0.0.0.0' ? 'localhost' : host}:${address.port}`;
}

/** HTTP: API, pages, health and figures. */
export async function startHttp(
  house: House,
  { rules, intake, watch }: { readonly rules: RunningRules; readonly intake: Intake; readonly watch: Watch },
  closing: Closing,
): Promise<{ readonly url: string }> {
  const { directory, journal, quarantine, series, records, latest, live, options } = house;
  const inForce = ruleFilesOf(options.config);
  const api = await buildApi({
    directory,
    clock: systemClock,
    wallClock: systemClock,
    series,
    records,
    quarantine,
    replayQuarantined: (ids) =>
      replayQuarantined(ids, {
        quarantine,
        ingest: intake.ingest,
        // Who may publish where is the outside broker's to say, when there is one.
        mayPublish: (client, topic) =>
          options.config.mqtt.link !== undefined || intake.access.mayPublish(client, topic),
      }),
    latest,
    live,
    faults: () => [...rules.runner.faults(), ...watch.faults()],
    rules: () => rules.engine.describe(),
    explain: (asset) => rules.engine.explain(asset),
    ruleWriting: ruleWritings(inForce, options.rules),
    backtests: startBacktests(house, inForce, rules.policy.reopenWindowMs, closing),
    actOnTicket: (order) => rules.desk.act(order),
    actionsFor,
    notices: async () => {
      const open = await records.tickets.list({ state: OPEN_STATES, limit: NOTICES_AT_MOST });
      return noticesOf(open.items, directory);
    },
    connectedDevices: () => intake.broker.connected(),
    ready: () =>
      readiness(
        {
          broker: () => intake.broker.health(),
          journal: () => journal.health(),
          series: () => series.health(),
          records: () => records.health(),
        },
        watch.health(),
      ),
    metrics: async () =>
      metricsText(await stewardFigures(house, { rules, intake, watch }, systemClock.now())),
    operatorKey: operatorKey(options.folder.secret),
    webRoot,
    trustProxy: options.config.http.trust_proxy || false,
    log: options.log,
  });
  closing.add('http', async () => {
    live.close();
    await api.close();
  });
  return { url: await listen(api, options.config.http.host, options.config.http.port) };
}
