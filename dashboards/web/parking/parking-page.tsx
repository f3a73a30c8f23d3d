import type { JSX } from 'preact';
import type { ParkingClassView, ParkingView, ParkingZoneView } from '../../../model/views/parking.ts';
import { get } from '../core/client.ts';
import { span } from '../core/time.ts';
import { useFetched } from '../core/use-fetched.ts';
import { bayClassWord } from '../core/words.ts';
import { Empty, ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Ago } from '../parts/when.tsx';

const RENEW_MS = 10_000;
/** Words older than this are called old: a driver should not count on them. */
const OLD_S = 900;
/** Nobody may park there. */
const NEVER = 'fire_lane';

function sum(classes: readonly ParkingClassView[], of: 'free' | 'total' | 'unknown'): number {
  return classes.reduce((all, one) => all + one[of], 0);
}

function ClassRow({ row }: { row: ParkingClassView }): JSX.Element {
  return (
    <li class={row.free === 0 ? 'space space-full' : 'space'}>
      <span class="space-name">{bayClassWord(row.bay_class)}</span>
      <meter min={0} max={row.total} value={row.free} aria-label={`${bayClassWord(row.bay_class)}: free`} />
      <span class="space-free">
        {row.free === 0 ? 'full' : row.free}
        <small> of {row.total}</small>
      </span>
    </li>
  );
}

function age(zone: ParkingZoneView): string {
  if (zone.oldest_s === null || zone.newest_s === null) return 'No sensor was heard.';
  const newest = span(zone.newest_s * 1000);
  const oldest = span(zone.oldest_s * 1000);
  return `Sensors heard ${newest} to ${oldest} ago.`;
}

function ZoneCard({ zone }: { zone: ParkingZoneView }): JSX.Element {
  const classes = zone.classes.filter(({ bay_class }) => bay_class !== NEVER);
  const free = sum(classes, 'free');
  const unknown = sum(classes, 'unknown');
  const old = zone.oldest_s === null || zone.oldest_s > OLD_S;
  return (
    <section class="card parking-zone" aria-label={zone.zone_name} data-zone={zone.zone}>
      <h2>{zone.zone_name}</h2>
      <p class={free === 0 ? 'parking-free parking-full' : 'parking-free'}>
        <strong>{free === 0 ? 'Full' : free}</strong>
        {free > 0 && <span>free of {sum(classes, 'total')}</span>}
      </p>
      <ul class="spaces">
        {classes.map((row) => (
          <ClassRow key={row.bay_class} row={row} />
        ))}
      </ul>
      <p class={old ? 'soft parking-old' : 'soft'}>
        {old && zone.oldest_s !== null && <strong>Some of this is old. </strong>}
        {age(zone)}
        {unknown > 0 && ` ${unknown} not heard, counted as taken.`}
      </p>
    </section>
  );
}

/** Free spaces for whoever drives: no sign-in, readable at arm's length. */
export function ParkingPage(): JSX.Element {
  const parking = useFetched('parking', (signal) => get<ParkingView>('/parking', signal), {
    everyMs: RENEW_MS,
  });
  const { data, problem } = parking;
  const tz = data?.items[0]?.tz ?? 'UTC';
  const sites = [...new Map((data?.items ?? []).map((zone) => [zone.site, zone.site_name])).entries()];
  return (
    <main class="page page-parking">
      <PageHead title="Free parking" tab="Free parking">
        {data && (
          <p class="soft">
            As of <Ago at={data.at} tz={tz} />
          </p>
        )}
      </PageHead>
      {problem && <ProblemNote problem={problem} again={parking.again} />}
      {!data && !problem && <Skeleton lines={4} tall />}
      {data && data.items.length === 0 && <Empty title="No parking here">No bays are known.</Empty>}
      {sites.map(([id, name]) => (
        <section key={id} aria-label={name}>
          <h2 class="site-name">{name}</h2>
          <div class="parking-zones">
            {data?.items
              .filter((zone) => zone.site === id)
              .map((zone) => (
                <ZoneCard key={zone.zone} zone={zone} />
              ))}
          </div>
        </section>
      ))}
    </main>
  );
}
