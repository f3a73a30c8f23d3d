import type { Aedes, Client, PublishPacket } from 'aedes';
import { parseTelemetryTopic } from '../model/topics.ts';
import { audienceOf } from './audience.ts';
import type { DurableSessions } from './durable-sessions.ts';

type Done = (error?: Error) => void;
/** Gives telemetry of a client that was answered to those who listen; `done` when it need not be waited for any more. */
export type PassOn = (packet: PublishPacket, client: Client, done: Done) => void;
type Publish = (packet: PublishPacket, client: Client | Done | null, done: Done) => void;

/**
 * Lets answered packets that are not for subscribers end here, and those that nobody would hear: Aedes has no hook
 * between PUBACK and delivery.
 */
export function withhold(aedes: Aedes, withheld: WeakSet<object>, durable: DurableSessions): PassOn {
  const audience = audienceOf(aedes);
  const hears = (topic: string): boolean => audience.hears(topic) || durable.hearing(topic).size > 0;
  const publish = aedes.publish.bind(aedes) as unknown as Publish;
  const filtered: Publish = (packet, client, done) => {
    const isFromClient = typeof client === 'object' && client !== null;
    // Aedes tells other brokers of a cluster about every client under a topic of its own id, which is empty here.
    const isGossip = packet.topic.startsWith('$SYS//');
    const isHeard =
      !isFromClient ||
      packet.retain ||
      hears(packet.topic) ||
      parseTelemetryTopic(packet.topic) === undefined;
    const isOver = !isHeard || isGossip || withheld.has(packet);
    if (isOver) (typeof client === 'function' ? client : done)();
    else publish(packet, client, done);
  };
  aedes.publish = filtered as unknown as Aedes['publish'];
  return (packet, client, done) => {
    if (withheld.has(packet) || !hears(packet.topic)) done();
    else publish(packet, client, done);
  };
}
