import type { Client, PublishPacket } from 'aedes';
import { parseTelemetryTopic } from '../model/topics.ts';
import { standInLine, type Together } from './ack-line.ts';
import { handOn, type PublishingState, settled } from './publishing.ts';
import type { PassOn } from './withhold.ts';

/** What Aedes 1.2.0 keeps to itself: how many packets of a socket read are not done, and what to call for each. */
type Sender = Client & {
  readonly connackSent: boolean;
  readonly _keepaliveTimer: NodeJS.Timeout | null;
  _parsingBatch: number;
  _nextBatch(error?: Error | null): void;
  waitForDrain(done: () => void): void;
};

type Packet = PublishPacket & { readonly messageId?: number };

interface Waiting extends Together {
  readonly id: string;
  readonly packet: Packet;
  readonly sender: Sender;
  readonly user: string;
}

const PUBACK_HEADER = 0x4002;
const PUBACK_BYTES = 4;

/** MQTT 3.1.1, 3.4. */
function pubacks(waiting: readonly Waiting[]): Buffer {
  const bytes = Buffer.allocUnsafe(PUBACK_BYTES * waiting.length);
  for (const [i, { packet }] of waiting.entries()) {
    bytes.writeUInt16BE(PUBACK_HEADER, PUBACK_BYTES * i);
    bytes.writeUInt16BE(packet.messageId!, PUBACK_BYTES * i + 2);
  }
  return bytes;
}

/**
 * The way of nearly every message: from the parser to ingest, and what became durable together is acknowledged in one
 * write. Aedes takes six functions, three writes and two turns of the event loop for each. It gets them after their
 * acknowledgement, for those who listen (`passOn`).
 *
 * Returns what takes a message, and answers false when it has to go through Aedes.
 */
export function telemetryLane(
  state: PublishingState,
  passOn: PassOn,
): (client: Client, packet: Packet) => boolean {
  const acknowledge = (waiting: readonly Waiting[], error?: Error): void => {
    const { sender, user } = waiting[0]!;
    for (const { id } of waiting) settled(state, id, user, error);
    if (error) sender._nextBatch(error);
    if (error || sender.closed) return;
    const goOn = (): void => {
      for (const { packet } of waiting) passOn(packet, sender, sender._nextBatch);
    };
    if (sender.conn.write(pubacks(waiting))) goOn();
    else sender.waitForDrain(goOn);
  };
  return (client, packet) => {
    const { qos, retain, topic } = packet;
    const sender = client as Sender;
    if (qos !== 1 || retain || !sender.connackSent || state.isClosing()) return false;
    if (parseTelemetryTopic(topic) === undefined) return false;
    const session = state.sessions.of(client)!;
    sender._parsingBatch++;
    sender._keepaliveTimer?.refresh();
    const { id, outcome } = handOn(state, session, packet);
    const waiting: Waiting = { id, packet, sender, user: session.user, acknowledge };
    standInLine(session.line, outcome, waiting);
    return true;
  };
}
