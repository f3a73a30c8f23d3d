import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { buildDashboards } from '../../dashboards/grafana/build.ts';

interface DashboardFlags {
  readonly out: string;
  readonly influxUrl: string;
  readonly database: string;
}

export function addDashboardsCommand(program: Command): void {
  program
    .command('dashboards')
    .description('Grafana dashboards as code')
    .command('build')
    .description('writes the dashboards and their provisioning files')
    .option('--out <folder>', 'where to', 'grafana')
    .option('--influx-url <url>', 'InfluxDB as Grafana reaches it', 'http://localhost:8086')
    .option('--database <name>', 'database of the readings', 'steward')
    .action(({ out, influxUrl, database }: DashboardFlags) => {
      for (const { path, content } of buildDashboards({ influxUrl, database })) {
        const file = join(out, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
        process.stdout.write(`${file}\n`);
      }
    });
}
