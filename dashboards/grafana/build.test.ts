import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildDashboards } from './build.ts';
import { fileAt, overviewIn } from './classic.testkit.ts';
import { filledIn } from './macros.testkit.ts';

const files = buildDashboards({ influxUrl: 'http://127.0.0.1:8086', database: 'steward' });
const overview = overviewIn(files);

describe('the dashboard as a file', () => {
  it('is what the folder beside the code holds', async () => {
    for (const { path, content } of files) {
      const committed = await readFile(new URL(path, import.meta.url), 'utf8');
      expect(content, `${path}: run steward dashboards build --out dashboards/grafana`).toBe(committed);
    }
    expect(files.length).toBe(3);
    expect(buildDashboards({ influxUrl: 'http://127.0.0.1:8086', database: 'steward' })).toEqual(files);
  });

  it('has panels with ids, titles, descriptions and units', () => {
    expect(new Set(overview.panels.map((panel) => panel.id)).size).toBe(overview.panels.length);
    for (const { id, title, description, fieldConfig } of overview.panels) {
      expect(id).toBeGreaterThan(0);
      expect(title).toBeTruthy();
      expect(description, title).toBeTruthy();
      expect(fieldConfig.defaults.unit, title).toBeTruthy();
    }
  });

  it('keeps panels inside 24 columns and off each other', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of overview.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), `${title} lies on it`).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
    }
  });

  it('names its queries and asks the datasource that is provisioned', () => {
    const { datasources } = parse(fileAt(files, 'datasources/steward.yaml')) as {
      datasources: { uid: string; url: string; jsonData: { dbName: string } }[];
    };
    expect(datasources).toMatchObject([
      { uid: 'steward', url: 'http://127.0.0.1:8086', jsonData: { dbName: 'steward' } },
    ]);
    for (const panel of overview.panels) {
      const refIds = panel.targets.map((target) => target.refId);
      expect(refIds.length, panel.title).toBeGreaterThan(0);
      expect(new Set(refIds).size, panel.title).toBe(refIds.length);
      for (const target of panel.targets) expect(target.datasource.uid).toBe('steward');
    }
  });

  it('has the password come from the environment, never from the file', () => {
    const made = buildDashboards({
      influxUrl: 'http://db:8086',
      database: 'x',
      user: 'grafana',
      provisioningDir: '/p/',
    });
    expect(made[0]?.content).toContain('$__env{STEWARD_INFLUX_PASSWORD}');
    expect(made[1]?.content).toContain('path: /p/dashboards/steward');
  });
});

describe("Grafana's macros", () => {
  it('are filled in so that no name eats another', () => {
    const query =
      'SELECT 1/$__interval_ms WHERE $timeFilter AND s =~ /^$site$/ AND z =~ /^$zone$/ GROUP BY time($__interval), time($interval)';
    const variables = { site: ['north'], zone: ['a.1', 'b'] };
    expect(filledIn(query, { from: 1, to: 2, intervalMs: 900_000, variables })).toBe(
      'SELECT 1/900000 WHERE time >= 1ms and time <= 2ms AND s =~ /^north$/ AND z =~ /^(a\\.1|b)$/ GROUP BY time(15m), time(15m)',
    );
  });
});
