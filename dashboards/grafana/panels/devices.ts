import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { countNow, ratePerSecond, SHOWN } from '../influxql.ts';
import type { Draft } from '../panel.ts';
import { green, lines, stat } from './style.ts';

/** Below this a battery should be changed; the rule BatteryLow has its own, per model of device. */
const BATTERY_LOW_PCT = 20;
/** What carries the readings. */
export const devicePanels = (): readonly Draft[] => [
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
