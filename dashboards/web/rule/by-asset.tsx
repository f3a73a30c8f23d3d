import type { JSX } from 'preact';
import type { World } from '../core/world.ts';

const SHOWN = 10;

/** Where the tickets would have been, most first. */
export function ByAsset(props: { counts: Readonly<Record<string, number>>; now: World }): JSX.Element | null {
  const assets = Object.entries(props.counts);
  if (assets.length === 0) return null;
  const most = Math.max(...assets.map(([, n]) => n));
  return (
    <section>
      <h3>By asset</h3>
      <ul class="by-asset">
        {assets.slice(0, SHOWN).map(([asset, n]) => (
          <li key={asset}>
            <a href={`/asset/${asset}`}>{props.now.assets.get(asset)?.name ?? asset}</a>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect width={(100 * n) / most} height="10" rx="1" />
            </svg>
            <strong>{n}</strong>
          </li>
        ))}
      </ul>
      {assets.length > SHOWN && <p class="soft">and {assets.length - SHOWN} more</p>}
    </section>
  );
}
