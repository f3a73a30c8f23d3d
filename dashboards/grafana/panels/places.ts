import { acrossAssets, faultsOverTime, overTime } from '../influxql.ts';
import type { Draft } from '../panel.ts';
import { lines } from './style.ts';

/** Bays and lamps. */
export const placePanels = (): readonly Draft[] => [
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
        query: faultsOverTime(' AND "rule" =~ /(?i)(lamp|circuit)_?-?out/'),
        alias: 'dark: $tag_rule',
      },
    ],
  },
];
