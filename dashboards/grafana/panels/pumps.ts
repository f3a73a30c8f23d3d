import * as common from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { overTime } from '../influxql.ts';
import type { Draft } from '../panel.ts';
import { green, lines } from './style.ts';

/** Zone B/C of ISO 10816-7, category II up to 200 kW: the line where long operation is no longer wise. */
const VIBRATION_WARN_MM_S = 5.1;

/** Pumps. */
export const pumpPanels = (): readonly Draft[] => [
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
