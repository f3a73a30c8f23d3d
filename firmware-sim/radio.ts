import { MINUTE_MS } from '../model/clock.ts';
import type { Random } from '../model/random.ts';
import type { Outgoing } from './fleet.ts';

/**
 * What happens to messages between the devices and Steward. A wired device loses nothing and says things in order, but
 * what it sends again after a lost PUBACK may come late too. News that is lost is sent again until it is acknowledged
 * (a confirmed uplink of LoRaWAN), a routine report is not.
 */
export interface RadioProfile {
  /** Share of messages that never arrive. */
  readonly loss: number;
  /** Share of the others that arrive a second time. */
  readonly repeats: number;
  /** Each copy is up to so long on its way, which shuffles them. */
  readonly delay_ms: number;
}

export const CLEAN: RadioProfile = { loss: 0, repeats: 0, delay_ms: 0 };
/** A bad radio network: 2 % lost, 5 % repeated, all in any order within ten minutes. */
export const RADIO: RadioProfile = { loss: 0.02, repeats: 0.05, delay_ms: 10 * MINUTE_MS };

export interface Delivery {
  /** When it arrives, epoch milliseconds. */
  readonly at: number;
  readonly outgoing: Outgoing;
}

export interface Radio {
  send(outgoing: readonly Outgoing[]): void;
  /** What arrives before `to`, in order; nothing is told twice. */
  arrivals(to: number): readonly Delivery[];
}

/** How soon a device says again what was not acknowledged. */
const AGAIN_MS = MINUTE_MS;

/** The same seed gives the same luck, device by device, however the sending is cut into pieces. */
export function createRadio({ loss, repeats, delay_ms }: RadioProfile, random: Random): Radio {
  const luck = new Map<string, Random>();
  let onTheWay: Delivery[] = [];
  const luckOf = (device: string): Random => {
    let own = luck.get(device);
    if (!own) {
      own = random.fork(device);
      luck.set(device, own);
    }
    return own;
  };
  return {
    send: (all) => {
      for (const outgoing of all) {
        const own = luckOf(outgoing.device);
        const { wired, sent, confirmed } = outgoing;
        const isLost = !wired && own.next() < loss;
        const copies = isLost && !confirmed ? 0 : own.next() < repeats ? 2 : 1;
        const again_ms = isLost ? AGAIN_MS : 0;
        for (let i = 0; i < copies; i++) {
          const way_ms = wired && i === 0 ? 0 : Math.floor(own.next() * delay_ms);
          onTheWay.push({ at: sent + Math.max(again_ms, way_ms), outgoing });
        }
      }
    },
    arrivals: (to) => {
      const arrived = onTheWay.filter(({ at }) => at < to);
      onTheWay = onTheWay.filter(({ at }) => at >= to);
      return arrived.sort((a, b) => a.at - b.at);
    },
  };
}
