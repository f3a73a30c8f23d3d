import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentNames } from '../app/config.ts';
import { buildDashboards } from '../dashboards/grafana/build.ts';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const isThere = (path: string): boolean => existsSync(new URL(`../${path}`, import.meta.url));

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}

const compose = parse(read('deploy/docker-compose.yml')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};

/** `npm run build` makes it, or the one who deploys writes it. */
const MADE = new Set(['dist', 'node_modules', './etc']);

// No Docker and no systemd run where these tests do: what can be held is that what the files name exists.
describe('what deploy/ names', () => {
  it('exists: the folders of the image', () => {
    const copied = [...read('deploy/Dockerfile').matchAll(/^COPY --from=build \/src\/(\S+)/gm)].map(
      ([, path]) => path!,
    );
    expect(copied).toHaveLength(7);
    expect(copied.filter((path) => !MADE.has(path) && !isThere(path))).toEqual([]);
  });

  it('exists: what the containers mount', () => {
    const mounts = Object.values(compose.services).flatMap(({ volumes }) =>
      volumes.map((volume) => volume.split(':')[0]!),
    );
    const files = mounts.filter((path) => path.startsWith('.') && !MADE.has(path));
    expect(files.filter((path) => !isThere(`deploy/${path}`))).toEqual([]);
    const named = mounts.filter((path) => !path.startsWith('.'));
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('exists: settings in the environment', () => {
    const inImage = [...read('deploy/Dockerfile').matchAll(/(STEWARD_\w+)=/g)].map(([, name]) => name!);
    const inCompose = Object.keys(compose.services['steward']!.environment);
    expect([...inImage, ...inCompose].length).toBeGreaterThanOrEqual(5);
    expect(environmentNames()).toEqual(expect.arrayContaining([...inImage, ...inCompose]));
  });

  it('is one command, the same in the unit and the image', () => {
    const { CMD, ENTRYPOINT } = Object.fromEntries(
      [...read('deploy/Dockerfile').matchAll(/^(CMD|ENTRYPOINT) (\[.*\])$/gm)].map(([, key, list]) => [
        key!,
        JSON.parse(list!) as string[],
      ]),
    );
    const [node, ...words] = [...ENTRYPOINT!, ...CMD!];
    const unit = /^ExecStart=(.*)$/m.exec(read('deploy/steward.service'))?.[1];
    expect(unit).toBe(`/usr/bin/${node} /opt/steward/${words.join(' ')}`);
    const flags = read('app/commands/common.ts');
    for (const flag of words.filter((word) => word.startsWith('--'))) expect(flags).toContain(`${flag} `);
  });

  it("is the built datasource, but for InfluxDB's name among the containers", () => {
    const files = buildDashboards({ influxUrl: 'http://influxdb:8086', database: 'steward' });
    const built = files.find(({ path }) => path.endsWith('datasources/steward.yaml'));
    expect(parse(read('deploy/grafana-datasource.yaml'))).toEqual(parse(built!.content));
  });
});
