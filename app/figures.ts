import type { House } from './house.ts';
import type { Figure, FigureValue } from './metrics-text.ts';
import type { Intake } from './start-intake.ts';
import type { RunningRules } from './start-rules.ts';
import type { Watch } from './start-watch.ts';
import { histogramFigure } from './watch/histogram.ts';

export interface FigureSources {
  readonly rules: RunningRules;
  readonly intake: Intake;
  readonly watch: Watch;
}

const one = (value: number): Figure['values'] => [{ value }];
const by = (label: string, counts: Readonly<Record<string, number | undefined>>): FigureValue[] =>
  Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value: value ?? 0 }));

function figure(type: 'counter' | 'gauge', name: string, help: string, values: Figure['values']): Figure {
  return { name: `steward_${name}`, type, help, values };
}

/** What came in, and what became of it at the door. */
function intakeFigures({ quarantine }: House, { broker, ingest }: Intake): Figure[] {
  const { messages, readings, rejected } = ingest.counters();
  const { kept, bytes, dropped, byCode } = quarantine.counts();
  return [
    figure('counter', 'messages_total', 'MQTT messages taken since the start', one(messages)),
    figure('counter', 'readings_total', 'Readings accepted since the start', one(readings)),
    figure('counter', 'rejected_total', 'Messages and readings rejected since the start', one(rejected)),
    figure(
      'counter',
      'rejected_by_code_total',
      'Rejections kept since the quarantine was made, at most 100 of one message',
      by('code', byCode),
    ),
    figure('gauge', 'quarantine_kept', 'Rejected messages kept', one(kept)),
    figure('gauge', 'quarantine_bytes', 'Bytes of their payloads', one(bytes)),
    figure(
      'counter',
      'quarantine_dropped_total',
      'Rejected messages that went since the start, too old or too many',
      one(dropped),
    ),
    figure('gauge', 'clients_connected', 'MQTT users connected', one(broker.connected().length)),
  ];
}

/** What went through the broker of this process, and what it keeps for subscribers. */
function brokerFigures({ ownBroker }: Intake): Figure[] {
  if (!ownBroker) return [];
  const traffic = ownBroker.traffic();
  const { sessions, queued, retained } = ownBroker.kept();
  const counter = (name: string, help: string, value: number): Figure =>
    figure('counter', `mqtt_${name}_total`, help, one(value));
  return [
    counter('received', 'MQTT messages received since the start', traffic.messagesReceived),
    counter('sent', 'MQTT messages sent to subscribers since the start', traffic.messagesSent),
    counter('dropped', 'MQTT messages that a full queue of a subscriber lost', traffic.messagesDropped),
    counter('received_bytes', 'Bytes that MQTT clients sent since the start', traffic.bytesReceived),
    counter('sent_bytes', 'Bytes sent to MQTT clients since the start', traffic.bytesSent),
    figure('gauge', 'mqtt_sessions', 'Durable MQTT sessions', one(sessions)),
    figure('gauge', 'mqtt_queued', 'MQTT messages that durable sessions have not acknowledged', one(queued)),
    figure('gauge', 'mqtt_retained', 'Retained MQTT messages', one(retained)),
  ];
}

/** How long ago the oldest entry after `position` arrived, seconds; 0 at the head. A history is as old as it says. */
function ageAfter({ journal }: House, position: number, now: number): number {
  const [oldest] = journal.read(position, 1);
  if (!oldest) return 0;
  const { entry } = oldest;
  return Math.max(0, (now - (entry.type === 'reading' ? entry.reading.received : entry.point.ts)) / 1_000);
}

/** The journal and those who follow it. */
function wayFigures(house: House, { rules, intake }: FigureSources, now: number): Figure[] {
  const { journal, meters } = house;
  const head = journal.head();
  const waiting = journal.size();
  const followers: Record<string, number> = {
    series: intake.writer.position(),
    rules: rules.runner.position(),
  };
  const depth = head - Math.min(...Object.values(followers));
  const each = (value: (position: number) => number): FigureValue[] =>
    Object.entries(followers).map(([follower, at]) => ({ labels: { follower }, value: value(at) }));
  return [
    figure('counter', 'journal_head', 'Newest position of the journal', one(head)),
    figure('gauge', 'journal_depth', 'Entries that some follower has still to pass', one(depth)),
    figure(
      'gauge',
      'journal_lag',
      'Entries that a follower of the journal has still to pass',
      each((at) => head - at),
    ),
    figure(
      'gauge',
      'journal_oldest_age_seconds',
      'How long ago the oldest reading that waits for a follower arrived',
      each((at) => ageAfter(house, at, now)),
    ),
    figure(
      'gauge',
      'journal_bytes',
      'Bytes on the disk of what the cursors have still to pass',
      one(waiting.bytes),
    ),
    figure(
      'counter',
      'journal_lost_total',
      'Entries that the disk has lost, found since the start',
      one(waiting.lost),
    ),
    figure('gauge', 'journal_appending', 'Appends that are not durable yet', one(meters.appending.size)),
    histogramFigure('steward_journal_append_seconds', 'From append to durable', meters.append),
    histogramFigure('steward_series_write_seconds', 'One write to the series engine', meters.write),
    figure(
      'counter',
      'series_points_total',
      'Points by how the series engine settled them',
      by('outcome', meters.points),
    ),
    figure('counter', 'series_retries_total', 'Writes that had to be repeated', one(meters.retries)),
    histogramFigure('steward_rules_step_seconds', 'One reading through the rules', meters.step),
    histogramFigure('steward_rules_advance_seconds', 'One step of time through the rules', meters.advance),
  ];
}

function workFigures(active: number, tickets: Readonly<Record<string, number | undefined>>): Figure[] {
  return [
    figure('gauge', 'faults_active', 'Faults that fire now', one(active)),
    figure('gauge', 'tickets_open', 'Open tickets by state', by('state', tickets)),
  ];
}

function processFigures({ loop }: House, watch: Watch): Figure[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const { p50_s, p99_s, max_s } = loop.delay();
  const standing = Object.entries(watch.health()).map(([step, { ok }]) => ({
    labels: { step },
    value: ok ? 0 : 1,
  }));
  return [
    figure('gauge', 'step_stands_still', '1 when a step stands still', standing),
    figure('gauge', 'event_loop_delay_seconds', 'How late due work ran, of the last 10 to 20 s', [
      { labels: { quantile: '0.5' }, value: p50_s },
      { labels: { quantile: '0.99' }, value: p99_s },
      { labels: { quantile: '1' }, value: max_s },
    ]),
    figure('gauge', 'heap_used_bytes', 'JavaScript heap in use', one(heapUsed)),
    figure('gauge', 'external_bytes', 'Memory outside of the heap that JavaScript holds', one(external)),
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      help: 'Resident memory of the process',
      values: one(rss),
    },
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'Processor time of all threads',
      values: one((user + system) / 1e6),
    },
  ];
}

/** Devices that have credentials, and those of them of whose asset no reading is known. */
async function deviceFigures({ records, latest }: House): Promise<Figure[]> {
  const devices = await records.devices.list();
  const never = devices.filter(({ asset }) => latest.seen(asset) === undefined).length;
  return [
    figure('gauge', 'devices', 'Devices with credentials', one(devices.length)),
    figure('gauge', 'devices_never_heard', 'Of them, those whose asset has no reading', one(never)),
  ];
}

/** What `/metrics` tells. */
export async function stewardFigures(
  house: House,
  sources: FigureSources,
  now: number,
): Promise<readonly Figure[]> {
  const { rules, intake, watch } = sources;
  const active = rules.runner.faults().length + watch.faults().length;
  return [
    ...intakeFigures(house, intake),
    ...brokerFigures(intake),
    ...wayFigures(house, sources, now),
    ...workFigures(active, await house.records.tickets.counts()),
    ...(await deviceFigures(house)),
    ...processFigures(house, watch),
  ];
}
