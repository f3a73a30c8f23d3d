import type { Census } from './census.ts';
import { type DeviceModel, heartbeatMs, type ModelOptions } from './device-model.ts';

/** Share of the cars that a dirty light barrier lets in unseen. */
const MISSED = 0.4;

/**
 * The counter of a zone's gates: who drove in and who drove out since it was put up; whoever was inside then counts as
 * driven in. After a repair it is set to the cars that are inside.
 */
export function gateModel({ asset, ailments, random, start }: ModelOptions, census: Census): DeviceModel {
  const interval = heartbeatMs(asset);
  let at = start + random.int(interval);
  let entries = census.inside();
  let exits = 0;
  let wasDirty = false;
  return {
    next: () => at,
    step: () => {
      const ts = at;
      at += interval;
      census.advance(ts, (cars, when) => {
        if (cars < 0) exits++;
        else if (!ailments.at('gate_miscounts', when) || random.next() >= MISSED) entries++;
      });
      const dirty = ailments.at('gate_miscounts', ts) !== undefined;
      if (wasDirty && !dirty) entries = exits + census.inside();
      wasDirty = dirty;
      return { ts, entries, exits };
    },
  };
}
