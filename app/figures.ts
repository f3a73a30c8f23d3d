import type { House } from './house.ts';
import type { Figure } from './metrics-text.ts';
import type { Intake } from './start-intake.ts';
import type { RunningRules } from './start-rules.ts';

const one = (value: number): Figure['values'] => [{ value }];

/** What `/metrics` tells. */
export async function stewardFigures(
  { journal, quarantine, records }: House,
  { runner }: RunningRules,
  { broker, ingest, writer }: Intake,
): Promise<readonly Figure[]> {
  const { messages, readings, rejected } = ingest.counters();
  const tickets = Object.entries(await records.tickets.counts());
  const head = journal.head();
  return [
    {
      name: 'steward_messages_total',
      type: 'counter',
      help: 'MQTT messages taken since the start',
      values: one(messages),
    },
    {
      name: 'steward_readings_total',
      type: 'counter',
      help: 'Readings accepted since the start',
      values: one(readings),
    },
    {
      name: 'steward_rejected_total',
      type: 'counter',
      help: 'Messages and readings rejected since the start',
      values: one(rejected),
    },
    {
      name: 'steward_quarantine_kept',
      type: 'gauge',
      help: 'Rejected messages kept',
      values: one(quarantine.counts().kept),
    },
    {
      name: 'steward_clients_connected',
      type: 'gauge',
      help: 'MQTT clients connected',
      values: one(broker.connected().length),
    },
    {
      name: 'steward_journal_head',
      type: 'counter',
      help: 'Newest position of the journal',
      values: one(head),
    },
    {
      name: 'steward_journal_lag',
      type: 'gauge',
      help: 'Entries that a follower of the journal has still to pass',
      values: [
        { labels: { follower: 'series' }, value: head - writer.position() },
        { labels: { follower: 'rules' }, value: head - runner.position() },
      ],
    },
    {
      name: 'steward_faults_active',
      type: 'gauge',
      help: 'Faults that fire now',
      values: one(runner.faults().length),
    },
    {
      name: 'steward_tickets_open',
      type: 'gauge',
      help: 'Open tickets by state',
      values: tickets.map(([state, value]) => ({ labels: { state }, value: value ?? 0 })),
    },
  ];
}
