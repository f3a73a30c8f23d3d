import { rfc3339 } from '../../model/clock.ts';
import type { LiveEvent } from '../../model/views/event.ts';
import type { LatestView } from '../../model/views/site.ts';
import type { LatestValues } from '../latest.ts';

/** Gathers what becomes newer, by asset and metric, so that a burst of readings is one event. */
export interface Gatherer {
  /** What was gathered since the last time; undefined when nothing was. */
  take(): LiveEvent | undefined;
  end(): void;
}

export function gatherLatest(latest: LatestValues): Gatherer {
  let pending = new Map<string, Record<string, LatestView>>();
  const end = latest.onChange(({ asset, values }) => {
    const gathered = pending.get(asset) ?? {};
    pending.set(asset, gathered);
    for (const [metric, { value, ts }] of Object.entries(values)) {
      gathered[metric] = { value, ts: rfc3339(ts) };
    }
  });
  return {
    take: () => {
      if (pending.size === 0) return undefined;
      const assets = Object.fromEntries(pending);
      pending = new Map();
      return { type: 'latest', assets };
    },
    end,
  };
}
