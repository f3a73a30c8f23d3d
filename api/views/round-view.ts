import { MINUTE_MS, rfc3339 } from '../../model/clock.ts';
import type { Directory } from '../../model/directory.ts';
import { expectedLevel, lightingOf, scheduleOf } from '../../model/lighting.ts';
import type { Asset, Site, Zone } from '../../model/site.ts';
import type {
  DoubtfulLampView,
  DoubtReason,
  RoundLampView,
  RoundView,
  RoundZoneView,
} from '../../model/views/round.ts';
import type { LatestValues } from '../latest.ts';
import { isSilent } from './freshness.ts';
import { personView } from './people.ts';
import { walkingOrder } from './walking-order.ts';

/** Of the power that the asked level means: below is dark, above is lit, between is for eyes. As LampOut. [P] */
const DARK_SHARE = 0.2;
const LIT_SHARE = 0.5;
/** How old a word may be of a lamp that promises no heartbeat. [P] */
const OLDEST_WORD_MS = 30 * MINUTE_MS;

type Verdict = 'lit' | 'dark' | 'waiting' | DoubtReason;

/** What telemetry says of one lamp at `now`. */
export function lampVerdict(
  lamp: Asset,
  site: Site,
  latest: LatestValues,
  now: number,
  lighting = site.lighting,
): Verdict {
  const seen = latest.seen(lamp.id);
  if (seen === undefined) return 'never_heard';
  if (isSilent(lamp, seen, now)) return 'silent';
  const power = latest.of(lamp.id).get('power_w');
  if (!power) return 'unmetered';
  const promisesNothing = Number(lamp.attributes['heartbeat_s'] ?? 0) === 0;
  const isOld = promisesNothing ? now - power.ts > OLDEST_WORD_MS : isSilent(lamp, power.ts, now);
  const level = expectedLevel(power.ts, site, lighting);
  // Nor can anybody say what a photocell makes of twilight.
  if (!(expectedLevel(now, site, lighting) > 0)) return 'waiting';
  if (isOld) return 'silent';
  if (!(level > 0)) return 'waiting';
  const share = power.value / ((Number(lamp.attributes['rated_w']) * level) / 100);
  if (share < DARK_SHARE) return 'dark';
  return share >= LIT_SHARE ? 'lit' : 'disputed';
}

function zoneRound(
  { site, zone }: { readonly site: Site; readonly zone: Zone },
  { directory, latest, tickets, now }: RoundPorts,
): RoundZoneView {
  const lamps = site.assets.filter((asset) => asset.kind === 'luminaire' && asset.zone === zone.id);
  const dark: RoundLampView[] = [];
  const doubtful: DoubtfulLampView[] = [];
  let lit = 0;
  let waiting = 0;
  let lightsDue = false;
  for (const lamp of lamps) {
    const lighting = lightingOf(site, scheduleOf(lamp, directory.asset(lamp.circuit)));
    lightsDue ||= expectedLevel(now, site, lighting) > 0;
    const verdict = lampVerdict(lamp, site, latest, now, lighting);
    const { id: asset, name, x_m, y_m } = lamp;
    const view = { asset, name, x_m, y_m, tickets: tickets.get(asset) ?? [] };
    if (verdict === 'lit') lit += 1;
    else if (verdict === 'waiting') waiting += 1;
    else if (verdict === 'dark') dark.push(view);
    else doubtful.push({ ...view, reason: verdict });
  }
  return {
    zone: zone.id,
    zone_name: zone.name,
    site: site.id,
    site_name: site.name,
    tz: site.tz,
    supervisor: personView(directory, zone.staff.safety ?? zone.steward),
    lights_due: lightsDue,
    lamps: lamps.length,
    lit,
    waiting,
    dark,
    cannot_vouch: walkingOrder(doubtful),
  };
}

export interface RoundPorts {
  readonly directory: Directory;
  readonly latest: LatestValues;
  /** Ids of open tickets by asset. */
  readonly tickets: ReadonlyMap<string, readonly string[]>;
  readonly now: number;
}

/** Tonight's round by zone: what telemetry proves, and the short list to walk. Zones without lamps are left out. */
export function roundView(
  ports: RoundPorts,
  where: { readonly site?: string | undefined; readonly zone?: string | undefined } = {},
): RoundView {
  const items = ports.directory.sites
    .filter((site) => where.site === undefined || site.id === where.site)
    .flatMap((site) => site.zones.map((zone) => ({ site, zone })))
    .filter(({ zone }) => where.zone === undefined || zone.id === where.zone)
    .map((place) => zoneRound(place, ports))
    .filter(({ lamps }) => lamps > 0);
  return { at: rfc3339(ports.now), items, next: null };
}
