import { parkingView } from '../api/views/parking-view.ts';
import { systemClock } from '../model/clock.ts';
import type { Asset } from '../model/site.ts';
import { signTopic } from '../model/topics.ts';
import type { ParkingView } from '../model/views/parking.ts';
import type { Closing } from './closing.ts';
import type { House } from './house.ts';

const LOOK_MS = 5_000;
/** Bays that anybody may take: the others are free for few, and a sign speaks to all. */
const FOR_ALL = 'general';

/** What a sign shows for its zone: free bays for everybody, or null (dark) when no bay of it was heard. */
export function signNumber(sign: Asset, { items }: ParkingView): number | null {
  const zone = items.find(({ site, zone: id }) => site === sign.site && id === sign.attributes['shows_zone']);
  if (!zone || zone.newest_s === null) return null;
  return zone.classes.find(({ bay_class }) => bay_class === FOR_ALL)?.free ?? 0;
}

/** Tells every sign that shows a zone its number, retained, whenever it changes. */
export function startSigns(house: House, closing: Closing): void {
  const { directory, latest, options } = house;
  const signs = [...directory.assets()].filter(
    (asset) => asset.kind === 'sign' && asset.attributes['shows_zone'] !== '',
  );
  const told = new Map<string, number | null>();
  const tell = async (): Promise<void> => {
    const parking = parkingView(directory, latest, systemClock.now());
    for (const sign of signs) {
      const shown = signNumber(sign, parking);
      if (told.get(sign.id) === shown || !house.broker) continue;
      told.set(sign.id, shown);
      await house.broker.publish(signTopic(sign.site, sign.id), JSON.stringify({ shown }), { retain: true });
    }
  };
  const looking = setInterval(() => {
    tell().catch((error: unknown) => options.log.warn({ error }, 'signs could not be told'));
  }, LOOK_MS);
  closing.add('signs', () => clearInterval(looking));
}
