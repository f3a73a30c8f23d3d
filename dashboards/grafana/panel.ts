import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

/** The datasource that the provisioning file makes. */
export const DATASOURCE = { type: 'influxdb', uid: 'steward' } as const;

/** Width of Grafana's grid. */
export const GRID_COLUMNS = 24;

/** A query as written; `alias` names its lines (`$tag_rule`, `$col`). */
export interface Query {
  readonly query: string;
  readonly alias?: string;
  readonly format?: 'time_series' | 'table';
}

/** What every panel builder of the SDK can do of what is needed here. */
interface PanelBuilder extends cog.Builder<dashboard.Panel> {
  id(id: number): PanelBuilder;
  gridPos(gridPos: dashboard.GridPos): PanelBuilder;
  datasource(datasource: { type: string; uid: string }): PanelBuilder;
  withTarget(target: cog.Builder<cog.Dataquery>): PanelBuilder;
}

/** A panel before it has its place. */
export interface Draft {
  readonly width: number;
  readonly height: number;
  readonly builder: PanelBuilder;
  readonly queries: readonly Query[];
}

/** The SDK has no builder for InfluxDB's queries; this is the part of Grafana's model that InfluxQL as text needs. */
function target(refId: string, { query, alias, format }: Query): cog.Builder<cog.Dataquery> {
  return {
    build: () => ({
      refId,
      datasource: DATASOURCE,
      rawQuery: true,
      query,
      resultFormat: format ?? 'time_series',
      ...(alias === undefined ? {} : { alias }),
      _implementsDataqueryVariant: () => undefined,
    }),
  };
}

/**
 * Gives panels what the SDK leaves out: ids from 1, refIds from A, and places from left to right in rows of 24
 * columns. A row is as high as its highest panel.
 */
export function placed(drafts: readonly Draft[]): readonly PanelBuilder[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return drafts.map(({ width, height, builder, queries }, i) => {
    if (x + width > GRID_COLUMNS) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    builder
      .id(i + 1)
      .datasource(DATASOURCE)
      .gridPos({ x, y, w: width, h: height });
    queries.forEach((query, n) => {
      builder.withTarget(target(String.fromCharCode(65 + n), query));
    });
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return builder;
  });
}
