import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataFolder } from '../../app/data-folder.ts';
import { createDemoCredentials } from '../../app/demo-credentials.ts';
import { loadSites } from '../../app/site-file.ts';
import { openSqliteRecords } from '../../store/records/sqlite/open.ts';
import { MANAGER } from '../steward.testkit.ts';

export const PUMPS = ['pump-1', 'pump-2', 'pump-3', 'pump-4'] as const;
export type Pump = (typeof PUMPS)[number];

export const deviceOf = (pump: Pump): string => `dev-${pump}`;
export const topicOf = (pump: Pump): string => `site/cellar/pump/${pump}/telemetry`;

/**
 * A site of four pumps in `folder`, with credentials for its devices and its manager in the data folder; returns the
 * environment with which `steward start` runs it.
 */
export async function smallSite(folder: string, data: string): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, 'site.yaml');
  const assets = PUMPS.map((id) => `  - { id: ${id}, kind: pump, zone: sump, heartbeat_s: 0 }`);
  writeFileSync(
    file,
    `site: { id: cellar, name: Cellar, tz: Europe/Berlin, lat: 52.5, lon: 13.4 }
people:
  - { id: ${MANAGER}, name: Manager, role: manager }
zones:
  - { id: sump, name: Sump, steward: ${MANAGER} }
assets:
${assets.join('\n')}
`,
  );
  const dataFolder = openDataFolder(data);
  try {
    const records = await openSqliteRecords({ file: dataFolder.at('records.sqlite') });
    for (const site of loadSites([file])) await createDemoCredentials(records, dataFolder, site);
    await records.close();
  } finally {
    dataFolder.close();
  }
  return { STEWARD_SITES: file };
}
