import type { MqttState } from '../store/mqtt-state/contract.ts';

/** QoS 2 messages that were taken and not released yet, by the client that sent them (MQTT 3.1.1, 4.3.3). */
export interface Halfway {
  /** Of a durable session it resolves when it outlives the process. Rejects when there are too many of this client. */
  put(client: string, messageId: number, durable: boolean): Promise<void>;
  has(client: string, messageId: number): boolean;
  delete(client: string, messageId: number): void;
  deleteAllOf(client: string): void;
}

export function createHalfway(most: number, state: MqttState | undefined): Halfway {
  const taken = new Map<string, Set<number>>();
  const add = (client: string, messageId: number): void => {
    taken.set(client, (taken.get(client) ?? new Set()).add(messageId));
  };
  const remove = (client: string, messageId: number): void => {
    const ids = taken.get(client);
    ids?.delete(messageId);
    if (ids?.size === 0) taken.delete(client);
    state?.deleteHalfway({ client, messageId });
  };
  for (const { client, messageId } of state?.load().halfway ?? []) add(client, messageId);
  return {
    put: async (client, messageId, durable) => {
      if ((taken.get(client)?.size ?? 0) >= most)
        throw new Error(`more than ${most} QoS 2 messages half way`);
      add(client, messageId);
      if (!durable || !state) return;
      state.putHalfway({ client, messageId });
      await state.written();
    },
    has: (client, messageId) => taken.get(client)?.has(messageId) ?? false,
    delete: remove,
    deleteAllOf: (client) => {
      for (const messageId of taken.get(client) ?? []) remove(client, messageId);
    },
  };
}
