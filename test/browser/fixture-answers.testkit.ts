import { MINUTE_MS, rfc3339 } from '../../model/clock.ts';
import { type Code, meaningOf } from '../../model/codes.ts';
import { metricsOf } from '../../model/metrics.ts';
import type { ProblemView } from '../../model/views/list.ts';
import type { AssetView, ReadingsView } from '../../model/views/site.ts';
import type { DeviceView, QuarantineView } from '../../model/views/watch.ts';
import type { WhyView } from '../../model/views/why.ts';
import { assetViews, site } from './fixture-site.testkit.ts';

const STATUS: Partial<Record<Code, number>> = {
  not_signed_in: 401,
  sign_in_refused: 401,
  not_found: 404,
  action_impossible: 409,
  forbidden: 403,
};

export function problem(code: Code, detail: string): ProblemView {
  const status = STATUS[code] ?? 500;
  return {
    type: `urn:steward:problem:${code}`,
    title: meaningOf(code),
    status,
    detail,
    code,
    instance: 'urn:uuid:1',
  };
}

/** Waves with the fault's drop in the last minutes: enough to see a curve, its mark and its gap. */
export function readings(asset: AssetView, query: URLSearchParams): ReadingsView {
  const from = Date.parse(query.get('from') ?? '');
  const to = Date.parse(query.get('to') ?? '');
  const names = (query.get('metrics') ?? '').split(',');
  const known = metricsOf(asset.kind);
  const step = Math.max(MINUTE_MS, (to - from) / 240);
  const length = Math.floor((to - from) / step);
  const items = Array.from({ length }, (_, i) => {
    const at = from + i * step;
    const low = asset.status === 'fault' && i > 0.93 * length;
    const wave = 1 + 0.06 * Math.sin(i / 9) + 0.02 * Math.sin(i * 1.7);
    const values = names.map((name) => {
      const base = known.get(name)?.type === 'state' ? Number(i % 60 > 20) : 0;
      const latest = asset.latest[name]?.value ?? 0;
      const value =
        known.get(name)?.type === 'state'
          ? base
          : latest * wave * (asset.status === 'fault' && !low ? 4.5 : 1);
      return [name, value] as const;
    });
    return { ts: rfc3339(at), values: Object.fromEntries(values) };
  }).filter((_, i) => i < 0.4 * length || i > 0.45 * length);
  return {
    asset: asset.id,
    tz: site.tz,
    from: rfc3339(from),
    to: rfc3339(to),
    every_ms: step,
    metrics: names.map((name) => ({
      name,
      unit: known.get(name)?.unit ?? '',
      meaning: known.get(name)?.meaning ?? '',
    })),
    items,
    next: null,
  };
}

export function rejectedMessages(now: number): readonly QuarantineView[] {
  const seen = (id: number, code: Code, detail: string, payload: string): QuarantineView => ({
    id,
    message: `m-${id}`,
    received: rfc3339(now - id * 7 * MINUTE_MS),
    topic: 'site/alder-wharf/pump/pump-02/telemetry',
    client: 'dev-pump-02',
    code,
    meaning: meaningOf(code),
    detail,
    payload,
    size: payload.length,
    whole: true,
  });
  return [
    seen(1, 'value_out_of_range', 'power_w: 1e9 W is outside 0 … 1000000 W', '{"power_w": 1e9}'),
    seen(2, 'payload_not_json', 'position 11: Unexpected end of JSON input', '{"power_w": '),
    seen(3, 'metric_unknown', 'powr_w: a pump has no such metric; did you mean power_w?', '{"powr_w": 12}'),
  ];
}

export function ailingAssets(now: number): Map<string, AssetView> {
  const dark = Object.fromEntries(
    site.assets
      .filter(({ circuit }) => circuit === 'circuit-3')
      .map(({ id }) => [id, { status: 'fault', values: { power_w: 0.4 }, tickets: ['T-2'] } as const]),
  );
  return assetViews(now, {
    ...dark,
    'circuit-3': { status: 'fault', values: { power_w: 12 }, tickets: ['T-2'] },
    'pump-02': { status: 'fault', values: { running: 1, power_w: 640, flow_m3_h: 0.4 }, tickets: ['T-1'] },
    'lamp-002': { status: 'warning', values: { power_w: 0.3 }, tickets: ['T-3'] },
    'bay-240': { status: 'fault', values: { occupied: 1 }, tickets: ['T-4'] },
    'bay-030': { status: 'silent' },
    'bay-031': { status: 'unknown' },
  });
}

export function devices(assets: Iterable<AssetView>): readonly DeviceView[] {
  return [...assets].map(({ id, last_seen, status }) => ({
    id: `dev-${id}`,
    asset: id,
    bound_from: '2025-01-01T00:00:00.000Z',
    connected: status === 'ok',
    last_seen,
  }));
}

/** A pump that runs dry, and is not asked whether it vibrates. */
export function whyDry(asset: AssetView): readonly WhyView[] {
  const now = rfc3339(Date.now());
  const nothing = { parts: [], because: [] };
  const common = { asset: asset.id, at: now, due: null, clear: nothing, settings: [], held_by: [] };
  const vibrates = { text: 'vibration_mm_s > vibration_warn_mm_s', depth: 0, truth: null };
  return [
    {
      ...{ ...common, rule: 'PumpVibration', severity: 'major', phase: 'ok', since: null, values: [] },
      when: { parts: [vibrates], because: [vibrates.text] },
      text: 'Does not fire, as it is not known.',
    },
    {
      ...{ ...common, rule: 'PumpDryRun', severity: 'critical', phase: 'firing', since: now },
      when: {
        parts: [
          { text: 'running && power_w < dry_run_w', depth: 0, truth: true },
          { text: 'running', depth: 1, truth: true },
          { text: 'power_w < dry_run_w', depth: 1, truth: true },
        ],
        because: ['running', 'power_w < dry_run_w'],
      },
      values: [{ name: 'power_w', value: 640, measured: now }],
      settings: [{ name: 'dry_run_w', value: 2200, from: 'site file' }],
      text: 'Has fired for 5m; it clears with: power_w > 1.1 * dry_run_w.',
    },
  ];
}
