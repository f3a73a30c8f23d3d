import { SECOND_MS } from '../../model/clock.ts';
import type { Asset } from '../../model/site.ts';

/** Missed heartbeats after which an asset is not heard any more; the rule DeviceSilent uses the same. [P] */
const MISSED_HEARTBEATS = 2.5;

/** Whether it was heard for longer ago than it promised. One that promises nothing is never silent. */
export function isSilent(asset: Asset, seen: number, now: number): boolean {
  const heartbeat_s = Number(asset.attributes['heartbeat_s'] ?? 0);
  return heartbeat_s > 0 && now - seen > MISSED_HEARTBEATS * heartbeat_s * SECOND_MS;
}
