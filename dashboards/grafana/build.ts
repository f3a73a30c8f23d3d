import { stringify } from 'yaml';
import { overviewDashboard } from './overview.ts';
import { DATASOURCE } from './panel.ts';

export interface DashboardOptions {
  /** Where Grafana (not the browser) reaches InfluxDB. */
  readonly influxUrl: string;
  readonly database: string;
  /** With a user, the password comes from the environment of Grafana: `STEWARD_INFLUX_PASSWORD`. */
  readonly user?: string | undefined;
  /** The folder that becomes Grafana's provisioning folder; `/etc/grafana/provisioning` when absent. */
  readonly provisioningDir?: string | undefined;
}

/** A file to write, its path relative to the folder asked for. */
export interface DashboardFile {
  readonly path: string;
  readonly content: string;
}

const FOLDER = 'dashboards/steward';

function datasources(options: DashboardOptions): unknown {
  const { influxUrl, database, user } = options;
  return {
    apiVersion: 1,
    datasources: [
      {
        name: 'Steward',
        uid: DATASOURCE.uid,
        type: DATASOURCE.type,
        access: 'proxy',
        url: influxUrl,
        ...(user === undefined
          ? {}
          : { user, secureJsonData: { password: '$__env{STEWARD_INFLUX_PASSWORD}' } }),
        // Grafana before 9.4 reads `database`, later ones `dbName`.
        database,
        jsonData: { dbName: database, httpMode: 'POST' },
        isDefault: true,
        editable: false,
      },
    ],
  };
}

function providers(options: DashboardOptions): unknown {
  const root = (options.provisioningDir ?? '/etc/grafana/provisioning').replace(/\/+$/, '');
  return {
    apiVersion: 1,
    providers: [
      {
        name: 'Steward',
        folder: 'Steward',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        options: { path: `${root}/${FOLDER}` },
      },
    ],
  };
}

/** Everything that Grafana needs to show Steward: its datasource, its dashboards, and where they lie. */
export function buildDashboards(options: DashboardOptions): readonly DashboardFile[] {
  const head = '# Made by `steward dashboards build`. Changes here are overwritten by the next build.\n';
  return [
    { path: 'provisioning/datasources/steward.yaml', content: head + stringify(datasources(options)) },
    { path: 'provisioning/dashboards/steward.yaml', content: head + stringify(providers(options)) },
    {
      path: `provisioning/${FOLDER}/overview.json`,
      content: `${JSON.stringify(overviewDashboard(), null, 2)}\n`,
    },
  ];
}
