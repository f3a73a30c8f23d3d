import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { countNow, faultsOverTime, SHOWN } from '../influxql.ts';
import type { Draft } from '../panel.ts';
import { green, LAST, lines, stat } from './style.ts';

/** What is broken and being mended, and where a space is free. */
export const ticketPanels = (): readonly Draft[] => [
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
      .orientation(common.VizOrientation.Horizontal)
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
      .drawStyle(common.GraphDrawStyle.Bars)
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
      .lineInterpolation(common.LineInterpolation.StepAfter)
      .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
      .interval('15m'),
    queries: [{ query: faultsOverTime(), alias: '$tag_rule' }],
  },
];
