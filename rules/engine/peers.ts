import type { Kind } from '../../model/kinds.ts';
import type { Asset } from '../../model/site.ts';
import type { Context, Timeline } from '../language/context.ts';
import type { PeerGroup } from '../language/layout.ts';
import type { LanePlan } from './lane-plan.ts';
import { cellsOf, type Memory } from './memory.ts';

/** By place: the places of all assets of the kind in its group; none where it is in no group. */
function groupsOf(assets: readonly Asset[], kind: Kind, by: PeerGroup): readonly Int32Array[] {
  const nameOf = (asset: Asset): string => (by === 'zone' ? `${asset.site}/${asset.zone}` : asset[by]);
  const places = new Map<string, number[]>();
  for (const [place, asset] of assets.entries()) {
    if (asset.kind !== kind) continue;
    const members = places.get(nameOf(asset));
    if (members) members.push(place);
    else places.set(nameOf(asset), [place]);
  }
  const groups = new Map([...places].map(([name, members]) => [name, Int32Array.from(members)]));
  const nobody = new Int32Array();
  return assets.map((asset) => (asset[by] === '' ? nobody : (groups.get(nameOf(asset)) ?? nobody)));
}

/** Asks the other assets of the group of the one in hand, which stays in hand. Nothing of theirs is changed. */
export function createPeers(
  plan: LanePlan,
  m: Memory,
  assets: readonly Asset[],
  timelinesOf: (place: number) => readonly Timeline[],
): Pick<Context, 'peers' | 'total'> {
  const asked = plan.peers.map(({ kind, by, run }) => ({ run, groups: groupsOf(assets, kind, by) }));
  const found = { sum: 0, known: 0 };
  const ask = (index: number, t: number): typeof found => {
    const { run, groups } = asked[index]!;
    const { o, timelines, place, wake, stale } = m;
    let [sum, known] = [0, 0];
    for (const other of groups[place]!) {
      if (other === place) continue;
      m.place = other;
      m.o = cellsOf(other, m.stride);
      m.timelines = timelinesOf(other);
      const value = run(m, t);
      if (Number.isNaN(value)) continue;
      sum += value;
      known++;
    }
    Object.assign(m, { o, timelines, place, wake, stale });
    found.sum = known > 0 ? sum : Number.NaN;
    found.known = known;
    return found;
  };
  return {
    peers: (index, t) => {
      const { sum, known } = ask(index, t);
      return sum / known;
    },
    total: (index, t) => ask(index, t).sum,
  };
}
