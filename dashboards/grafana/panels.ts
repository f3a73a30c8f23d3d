import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LineInterpolation,
  StackingMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { acrossAssets, countNow, faultsOverTime, overTime, ratePerSecond, SHOWN } from './influxql.ts';
import type { Draft } from './panel.ts';

/** Below this a battery should be changed; the rule BatteryLow has its own, per model of device. */
const BATTERY_LOW_PCT = 20;
/** Zone B/C of ISO 10816-7, category II up to 200 kW: the line where long operation is no longer wise. */
const VIBRATION_WARN_MM_S = 5.1;

const green = (warn: number, warnColour = 'red') =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: warn, color: warnColour },
  ]);

const LAST = new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']);

const stat = (title: string, description: string) =>
  new Stat()
    .title(title)
    .description(description)
    .unit('short')
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(LAST)
    .noValue('0');

const lines = (title: string, description: string, unit: string) =>
  new TimeSeries().title(title).description(description).unit(unit).lineWidth(1).fillOpacity(10);

const tickets: readonly Draft[] = [
  {
    width: 8,
    height: 5,
    builder: stat('Open tickets by severity', 'Open at the end of the time range.').thresholds(
      green(1, 'orange'),
    ),
    queries: [{ query: countNow('ticket', 'open', 'severity'), alias: '$tag_severity' }],
  },
  {
    width: 8,
    height: 5,
    builder: new BarGauge()
      .title('Faults active now by rule')
      .description('Rules that fire at the end of the time range, and for how many assets.')
      .unit('short')
      .orientation(VizOrientation.Horizontal)
      .reduceOptions(LAST)
      .thresholds(green(1, 'orange')),
    queries: [{ query: countNow('fault', 'active', 'rule'), alias: '$tag_rule' }],
  },
  {
    width: 8,
    height: 5,
    builder: stat('Free bays by zone', 'Bays whose last reading in the time range said free.'),
    queries: [
      {
        query: `SELECT sum("free") FROM (SELECT 1 - last("occupied") AS "free" FROM "bay" WHERE ${SHOWN} GROUP BY "asset", "zone") GROUP BY "zone"`,
        alias: '$tag_zone',
      },
    ],
  },
  {
    width: 12,
    height: 8,
    builder: lines('Tickets opened, re-opened, closed', 'How many in each bucket of time.', 'short')
      .drawStyle(GraphDrawStyle.Bars)
      .interval('1h'),
    queries: ['opened', 'reopened', 'closed'].map((field) => ({
      query: `SELECT sum("${field}") FROM "ticket" WHERE ${SHOWN} GROUP BY time($__interval) fill(none)`,
      alias: field,
    })),
  },
  {
    width: 12,
    height: 8,
    builder: lines(
      'Faults active by rule',
      'Faults that began within 14 days before the time range count.',
      'short',
    )
      .lineInterpolation(LineInterpolation.StepAfter)
      .stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal))
      .interval('15m'),
    queries: [{ query: faultsOverTime('rule'), alias: '$tag_rule' }],
  },
];

const parkingAndLight: readonly Draft[] = [
  {
    width: 12,
    height: 8,
    builder: lines('Bays occupied', 'Share of the bays that were heard in each bucket of time.', 'percent')
      .min(0)
      .max(100)
      .interval('15m'),
    queries: [
      { query: acrossAssets('mean("occupied") * 100', 'occupied', 'bay', 'zone'), alias: '$tag_zone' },
    ],
  },
  {
    width: 12,
    height: 8,
    builder: lines(
      'Lighting power against dark lamps',
      'Power at each circuit and drawn by the lamps of each zone; on the right the lamps and circuits with a fault.',
      'watt',
    )
      .interval('15m')
      .overrideByRegexp('/^dark: /', [
        { id: 'unit', value: 'short' },
        { id: 'custom.axisPlacement', value: 'right' },
        { id: 'custom.lineInterpolation', value: 'stepAfter' },
      ]),
    queries: [
      { query: overTime('mean("power_w")', 'circuit', 'asset'), alias: 'circuit $tag_asset' },
      { query: acrossAssets('sum("power_w")', 'power_w', 'luminaire', 'zone'), alias: 'lamps of $tag_zone' },
      {
        query: faultsOverTime('rule', ' AND "rule" =~ /(?i)(lamp|circuit)_?-?out/'),
        alias: 'dark: $tag_rule',
      },
    ],
  },
];

const pumps: readonly Draft[] = [
  {
    width: 8,
    height: 8,
    builder: new StateTimeline()
      .title('Pumps running')
      .description('1 = the motor turned in this bucket of time.')
      .unit('bool_on_off')
      .interval('5m'),
    queries: [{ query: overTime('max("running")', 'pump', 'asset'), alias: '$tag_asset' }],
  },
  {
    width: 8,
    height: 8,
    builder: lines(
      'Pump vibration',
      'RMS velocity at the bearing; the line is zone B/C of ISO 10816-7.',
      'suffix: mm/s',
    )
      .thresholds(green(VIBRATION_WARN_MM_S))
      .thresholdsStyle(
        new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Line),
      ),
    queries: [{ query: overTime('max("vibration_mm_s")', 'pump', 'asset'), alias: '$tag_asset' }],
  },
  {
    width: 8,
    height: 8,
    builder: lines('Pump flow', 'Volume flow through each pump.', 'suffix: m³/h'),
    queries: [{ query: overTime('mean("flow_m3_h")', 'pump', 'asset'), alias: '$tag_asset' }],
  },
];

const devices: readonly Draft[] = [
  {
    width: 4,
    height: 8,
    builder: stat('Silent devices', 'Devices whose silence is a fault now.').thresholds(green(1)),
    queries: [
      { query: countNow('fault', 'active', 'kind', ' AND "rule" =~ /(?i)silent/'), alias: '$tag_kind' },
    ],
  },
  {
    width: 4,
    height: 8,
    builder: stat('Batteries low', `Last reading in the time range below ${BATTERY_LOW_PCT} %.`).thresholds(
      green(1),
    ),
    queries: [
      {
        query: `SELECT count("battery") FROM (SELECT last("battery_pct") AS "battery" FROM /^(bay|luminaire|pump|gateway|meter|sign)$/ WHERE ${SHOWN} GROUP BY "asset") WHERE "battery" < ${BATTERY_LOW_PCT}`,
        alias: '$measurement',
      },
    ],
  },
  {
    width: 8,
    height: 8,
    builder: new Table()
      .title('Gateways')
      .description('What each gateway said last in the time range.')
      .unit('short')
      .overrideByName('uptime', [{ id: 'unit', value: 's' }]),
    queries: [
      {
        query: `SELECT last("uptime_s") AS "uptime", last("devices") AS "devices", last("queued") AS "queued" FROM "gateway" WHERE ${SHOWN} GROUP BY "asset"`,
        format: 'table',
      },
    ],
  },
  {
    width: 8,
    height: 8,
    builder: lines(
      'Readings stored',
      'Readings per second, by the time that they were measured.',
      'cps',
    ).interval('1m'),
    queries: [
      { query: ratePerSecond('bay', 'occupied'), alias: 'bays' },
      { query: ratePerSecond('luminaire', 'power_w'), alias: 'lamps' },
      { query: ratePerSecond('pump', 'running'), alias: 'pumps' },
    ],
  },
];

/** The panels of the overview, in the order of reading. */
export const OVERVIEW_PANELS: readonly Draft[] = [...tickets, ...parkingAndLight, ...pumps, ...devices];
