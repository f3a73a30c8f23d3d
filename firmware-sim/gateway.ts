import { SECOND_MS } from '../model/clock.ts';
import { type DeviceModel, heartbeatMs, type ModelOptions, round } from './device-model.ts';
import type { Ailments } from './injection.ts';

/** A radio gateway tells how long it has run and how many of the devices it carries it hears. */
export function gatewayModel(
  { asset, ailments, random, start }: ModelOptions,
  carried: readonly Ailments[],
): DeviceModel {
  const interval = heartbeatMs(asset);
  const rssi_dbm = -58 - random.int(22);
  let at = start + random.int(interval);
  let bootedAt = start - (3 + random.int(60)) * 86_400_000;
  let wasSilent = false;
  return {
    next: () => at,
    step: () => {
      const ts = at;
      at += interval;
      const silent = ailments.at('gateway_silent', ts) !== undefined;
      // A gateway comes back because somebody gave it power again.
      if (wasSilent && !silent) bootedAt = ts - 40 * SECOND_MS;
      wasSilent = silent;
      let devices = 0;
      for (const device of carried) if (!device.at('device_silent', ts)) devices++;
      return {
        ts,
        uptime_s: round((ts - bootedAt) / SECOND_MS, 0),
        devices,
        queued: random.int(3),
        rssi_dbm: round(rssi_dbm + 1.5 * random.normal(), 0),
      };
    },
  };
}
