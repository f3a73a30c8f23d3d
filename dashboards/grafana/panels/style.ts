import * as common from '@grafana/grafana-foundation-sdk/common';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

/** Green, and another colour from `warn` on. */
export const green = (warn: number, warnColour = 'red') =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: warn, color: warnColour },
  ]);

/** A panel of single values shows the last one. */
export const LAST = new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']);

/** Single numbers, one per line of the answer; nothing counted is 0. */
export const stat = (title: string, description: string) =>
  new Stat()
    .title(title)
    .description(description)
    .unit('short')
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .reduceOptions(LAST)
    .noValue('0');

/** Lines over time. */
export const lines = (title: string, description: string, unit: string) =>
  new TimeSeries().title(title).description(description).unit(unit).lineWidth(1).fillOpacity(10);
