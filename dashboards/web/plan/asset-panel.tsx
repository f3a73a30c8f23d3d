import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Kind } from '../../../model/kinds.ts';
import { metricsOf } from '../../../model/metrics.ts';
import type { AssetView } from '../../../model/views/site.ts';
import type { TicketView } from '../../../model/views/ticket.ts';
import { serverNow } from '../core/server-clock.ts';
import { useFetched } from '../core/use-fetched.ts';
import { bayClassWord, KIND_WORD, metricWord, unitOf, valueText } from '../core/words.ts';
import { StatusBadge } from '../parts/badge.tsx';
import { Chart } from '../parts/chart.tsx';
import { ProblemNote, Skeleton } from '../parts/feedback.tsx';
import { Icon } from '../parts/icon.tsx';
import { fetchCurves } from '../parts/readings.ts';
import { Ago } from '../parts/when.tsx';
import { TicketLine } from '../ticket/ticket-line.tsx';
import { conditionWord } from './condition.ts';
import { WhySection } from './why.tsx';

const DAY_MS = 86_400_000;
const RENEW_MS = 60_000;

/** What is worth a day's curve, first things first. */
const MAIN_METRICS: Record<Kind, readonly string[]> = {
  bay: ['occupied', 'power_w', 'battery_pct'],
  luminaire: ['power_w', 'level_pct', 'voltage_v'],
  pump: ['power_w', 'flow_m3_h', 'vibration_mm_s', 'level_cm'],
  circuit: ['power_w', 'energized', 'voltage_v'],
  gateway: ['devices', 'queued', 'rssi_dbm'],
  meter: ['power_w', 'energy_kwh', 'volume_m3'],
  sign: ['shown'],
};

function LatestValues({ asset, tz }: { asset: AssetView; tz: string }): JSX.Element {
  const known = [...metricsOf(asset.kind).keys()].filter((name) => asset.latest[name]);
  if (known.length === 0) return <p class="soft">Nothing was heard of it yet.</p>;
  return (
    <dl class="values">
      {known.map((name) => {
        const latest = asset.latest[name];
        if (!latest) return null;
        return (
          <div key={name}>
            <dt title={metricsOf(asset.kind).get(name)?.meaning}>{metricWord(name)}</dt>
            <dd>
              {valueText(name, latest.value, unitOf(asset.kind, name))}
              <small>
                <Ago at={latest.ts} tz={tz} />
              </small>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function DayCharts({ asset, tz }: { asset: AssetView; tz: string }): JSX.Element | null {
  const metrics = MAIN_METRICS[asset.kind].filter((name) => asset.latest[name]);
  const key = `${asset.id}:${metrics.join()}`;
  const day = useFetched(
    key,
    async (signal) => {
      const to = serverNow();
      const span = { from: to - DAY_MS, to };
      return { ...span, curves: await fetchCurves({ asset: asset.id, metrics, ...span }, signal) };
    },
    { everyMs: RENEW_MS },
  );
  if (metrics.length === 0) return null;
  return (
    <section>
      <h3>Last 24 hours</h3>
      {day.problem && <ProblemNote problem={day.problem} again={day.again} />}
      {!day.data && !day.problem && <Skeleton lines={2} tall />}
      {day.data?.curves.map((curve) => (
        <Chart
          key={curve.metric.name}
          curve={curve}
          tz={tz}
          from={day.data?.from ?? 0}
          to={day.data?.to ?? 0}
        />
      ))}
    </section>
  );
}

function Facts({ asset, zoneName }: { asset: AssetView; zoneName: string }): JSX.Element {
  const bayClass = asset.attributes['bay_class'];
  const link = (id: string): JSX.Element => <a href={`/asset/${id}`}>{id}</a>;
  return (
    <p class="facts">
      {zoneName}
      {bayClass !== undefined && <> · {bayClassWord(String(bayClass))}</>}
      {asset.attributes['duty'] !== undefined && <> · {asset.attributes['duty']} pump</>}
      {asset.circuit && <> · fed by {link(asset.circuit)}</>}
      {asset.gateway && <> · heard through {link(asset.gateway)}</>}
    </p>
  );
}

/** All about one asset: what it is, does and did, and its tickets. */
export function AssetPanel(props: {
  asset: AssetView;
  tz: string;
  zoneName: string;
  tickets: readonly TicketView[];
  onClose: () => void;
}): JSX.Element {
  const { asset, tz, zoneName, tickets, onClose } = props;
  const condition = useMemo(() => conditionWord(asset), [asset]);
  return (
    <section class="panel" aria-label={`${KIND_WORD[asset.kind]} ${asset.name}`}>
      <header class="panel-head">
        <div>
          <p class="eyebrow">
            {KIND_WORD[asset.kind]} · {asset.id}
          </p>
          <h2>{asset.name}</h2>
        </div>
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p class="panel-status">
        <StatusBadge status={asset.status} />
        {condition !== '' && <span class="condition">{condition}</span>}
        <span class="soft">{asset.last_seen ? <Ago at={asset.last_seen} tz={tz} /> : 'never heard'}</span>
      </p>
      <Facts asset={asset} zoneName={zoneName} />
      {tickets.length > 0 && (
        <section>
          <h3>Open tickets</h3>
          <ul class="ticket-list">
            {tickets.map((ticket) => (
              <TicketLine key={ticket.id} ticket={ticket} tz={tz} />
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>Now</h3>
        <LatestValues asset={asset} tz={tz} />
      </section>
      <DayCharts asset={asset} tz={tz} />
      <WhySection key={asset.id} asset={asset.id} tz={tz} />
    </section>
  );
}
