import { Readable } from 'node:stream';
import type { Aedes, PublishPacket } from 'aedes';
import { filterMatches } from './filters.ts';

interface Persistence {
  storeRetained(packet: PublishPacket): Promise<void>;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
}

/**
 * Keeps retained messages in memory and finds them by the rules of MQTT: what Aedes 1.2 comes with does not know
 * levels without a name, so that a retained `/foo` never reached a later `+/+`. Each topic has one at most, and who
 * may publish where bounds the topics.
 */
export function keepRetained(aedes: Aedes): void {
  const retained = new Map<string, PublishPacket>();
  const { persistence } = aedes as unknown as { readonly persistence: Persistence };
  persistence.storeRetained = async (packet) => {
    // MQTT 3.1.1, 3.3.1.3: a retained message without a payload takes the one before away.
    if (packet.payload.length === 0) retained.delete(packet.topic);
    else retained.set(packet.topic, { ...packet });
  };
  persistence.createRetainedStreamCombi = (filters) => {
    const found = filters.flatMap((filter) => {
      const exact = retained.get(filter);
      if (exact !== undefined) return [exact];
      return [...retained.values()].filter(({ topic }) => filterMatches(filter, topic));
    });
    return Readable.from(found);
  };
}
