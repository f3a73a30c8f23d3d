import { MINUTE_MS } from '../model/clock.ts';
import type { Random } from '../model/random.ts';
import type { Asset } from '../model/site.ts';
import { habitOf } from './bay-habits.ts';
import type { Calendar } from './calendar.ts';
import { heartbeatMs } from './device-model.ts';
import type { Ailments } from './injection.ts';

/** Cars in one bay: whether one stands there now, and when it is the other way round. */
export interface Stays {
  /** Of the bay's sensor. */
  readonly firstReport: number;
  parked: boolean;
  change: number;
  /** Moves on to what comes at `change`. */
  move(): void;
}

/** The same bay, seed and start give the same cars, whoever looks. */
export function staysOf(asset: Asset, calendar: Calendar, random: Random, start: number): Stays {
  const habit = habitOf(asset, calendar, random.fork('habit'));
  // Of its own, whatever else is drawn for the bay.
  const luck = random.fork('stays');
  const firstReport = start + luck.int(heartbeatMs(asset));
  const parked = habit.initial(start);
  // The first stay began some time before the simulation did.
  const change = start + Math.round((habit.until(start, parked) - start) * (0.25 + 0.75 * luck.next()));
  const stays: Stays = {
    firstReport,
    parked,
    change,
    move: () => {
      const at = stays.change;
      stays.parked = !stays.parked;
      stays.change = habit.until(at, stays.parked);
    },
  };
  return stays;
}

/** A bay with its cars, those that stay where or longer than they may included; a stuck sensor is no car. */
export interface CensusBay {
  readonly stays: Stays;
  readonly ailments: Ailments;
}

/** Where the cars of a zone are counted: as they pass its gates, or as they stand in its bays. */
export type CountedAt = 'gates' | 'bays';

/** Cars of a zone, in order of time. */
export interface Census {
  /** Cars inside so far; where bays are counted, those that stand. */
  inside(): number;
  /** Moves on to `at`; `pass` is told of each car: +1 in, −1 out. */
  advance(at: number, pass: (cars: 1 | -1, at: number) => void): void;
}

/** From where cars are counted to the bay, and back. */
const DRIVE_MS: Readonly<Record<CountedAt, number>> = { gates: 2 * MINUTE_MS, bays: 0 };

const STRANGE_CARS = ['overstay', 'fire_lane_occupied'] as const;

export function censusOf(bays: readonly CensusBay[], start: number, counted: CountedAt): Census {
  const drive_ms = DRIVE_MS[counted];
  // A car that comes is counted before it parks, one that goes after.
  const seenAt = ({ parked, change }: Stays): number => (parked ? change + drive_ms : change - drive_ms);
  const isTaken = ({ stays, ailments }: CensusBay, at: number): boolean =>
    stays.parked || STRANGE_CARS.some((fault) => ailments.at(fault, at) !== undefined);
  const taken = bays.map((bay) => isTaken(bay, start));
  const edges = bays.map(({ ailments }) => ailments.nextEdge(start));
  let inside = taken.filter(Boolean).length;
  return {
    inside: () => inside,
    advance: (to, pass) => {
      for (;;) {
        let first = -1;
        let at = Number.POSITIVE_INFINITY;
        for (const [i, { stays }] of bays.entries()) {
          const next = Math.min(seenAt(stays), edges[i]!);
          if (next < at) [first, at] = [i, next];
        }
        if (at >= to) return;
        const bay = bays[first]!;
        if (at === edges[first]) edges[first] = bay.ailments.nextEdge(at);
        else bay.stays.move();
        const now = isTaken(bay, at);
        if (now === taken[first]) continue;
        taken[first] = now;
        inside += now ? 1 : -1;
        pass(now ? 1 : -1, at);
      }
    },
  };
}
