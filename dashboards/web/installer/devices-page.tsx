import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeviceView } from '../../../model/views/watch.ts';
import { getAll } from '../core/client.ts';
import { useFetched } from '../core/use-fetched.ts';
import { count } from '../core/words.ts';
import type { World } from '../core/world.ts';
import { Empty, ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Ago } from '../parts/when.tsx';
import { InstallerTabs } from './installer-tabs.tsx';

const RENEW_MS = 15_000;
const SHOWN_MAX = 200;

function Row({ device, now, tz }: { device: DeviceView; now: World; tz: string }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <code>{device.id}</code>
      </th>
      <td>
        <a href={`/asset/${device.asset}`}>{now.assets.get(device.asset)?.name ?? device.asset}</a>
      </td>
      <td>{device.connected ? '● connected' : '○ not connected'}</td>
      <td>{device.last_seen === null ? 'never' : <Ago at={device.last_seen} tz={tz} />}</td>
    </tr>
  );
}

export function DevicesPage({ now, tz }: { now: World; tz: string }): JSX.Element {
  const [search, setSearch] = useState('');
  const list = useFetched('devices', (signal) => getAll<DeviceView>('/devices', signal), {
    everyMs: RENEW_MS,
  });
  const wanted = search.trim().toLowerCase();
  const found = (list.data ?? []).filter(
    ({ id, asset }) =>
      id.includes(wanted) ||
      asset.includes(wanted) ||
      now.assets.get(asset)?.name.toLowerCase().includes(wanted),
  );
  return (
    <main class="page">
      <PageHead title="Devices">{list.data && <p class="soft">{count(found.length, 'device')}</p>}</PageHead>
      <InstallerTabs at="devices" />
      {list.problem && <ProblemNote problem={list.problem} again={list.again} />}
      {!list.data && !list.problem && <Skeleton lines={6} />}
      {list.data && (
        <label class="field field-search">
          Find a device
          <input type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
      )}
      {list.data && found.length === 0 && <Empty title="No device">No device has this name.</Empty>}
      {found.length > 0 && (
        <div class="card table-card">
          <table>
            <thead>
              <tr>
                <th scope="col">Device</th>
                <th scope="col">Speaks for</th>
                <th scope="col">Connection</th>
                <th scope="col">Heard</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, SHOWN_MAX).map((device) => (
                <Row key={device.id} device={device} now={now} tz={tz} />
              ))}
            </tbody>
          </table>
          {found.length > SHOWN_MAX && <p class="soft">Search to see the others.</p>}
        </div>
      )}
    </main>
  );
}
