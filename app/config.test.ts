import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { StewardError } from '../model/codes.ts';
import { loadConfig } from './config.ts';
import { packageRoot } from './paths.ts';

const folder = mkdtempSync(join(tmpdir(), 'steward-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(yaml: string, environment: NodeJS.ProcessEnv = {}, flags: Record<string, unknown> = {}) {
  const file = join(folder, 'steward.yaml');
  writeFileSync(file, yaml);
  return loadConfig({ file, environment, flags });
}

function mistakeIn(...args: Parameters<typeof load>): string {
  try {
    load(...args);
  } catch (error) {
    if (error instanceof StewardError) return `${error.code} ${error.message.replaceAll(`${folder}/`, '')}`;
    throw error;
  }
  return 'none';
}

describe('the configuration', () => {
  it('has defaults bound to loopback, and paths relative to its file', () => {
    const config = load('sites: [oak.yaml]');
    expect(config).toMatchObject({
      data: join(folder, 'data'),
      http: { host: '127.0.0.1', port: 8080 },
      mqtt: { host: '127.0.0.1', port: 1883 },
      series: { engine: 'duckdb' },
      sites: [join(folder, 'oak.yaml')],
    });
  });

  it('is what the commented example says', () => {
    const example = join(packageRoot, 'examples', 'steward.yaml');
    const config = loadConfig({ file: example, environment: {}, flags: {} });
    const bare = load(`sites: [${join(packageRoot, 'examples/demo/site.yaml')}]`);
    expect({ ...config, data: '', tickets: {} }).toEqual({ ...bare, data: '', tickets: {} });
  });

  it('obeys flags over environment over file', () => {
    const yaml = 'sites: [oak.yaml]\nhttp: { port: 1 }\nmqtt: { port: 1 }\nseries: { engine: duckdb }';
    const environment = { STEWARD_HTTP_PORT: '2', STEWARD_MQTT_PORT: '2', STEWARD_SERIES_ENGINE: 'influx' };
    const config = load(yaml, environment, { http: { port: 3 } });
    expect([config.http.port, config.mqtt.port, config.series.engine]).toEqual([3, 2, 'influx']);
  });

  it.each([
    [
      'an unknown key',
      'sites: [a]\nhtpp: { port: 1 }',
      {},
      'config_invalid steward.yaml:2:1: htpp: unknown key "htpp" (did you mean "http"?)',
    ],
    [
      'an unknown key below',
      'sites: [a]\nhttp: { prot: 1 }',
      {},
      'steward.yaml:2:9: http.prot: unknown key "prot" (did you mean "port"?)',
    ],
    ['a port that is none', 'sites: [a]\nhttp: { port: 70000 }', {}, 'steward.yaml:2:9: http.port: '],
    ['no site', 'http: { port: 1 }', {}, 'config_invalid steward.yaml: sites: '],
    [
      'an unknown variable',
      'sites: [a]',
      { STEWARD_HTTP_PROT: '1' },
      'environment: STEWARD_HTTP_PROT is no setting (did you mean "STEWARD_HTTP_PORT"?)',
    ],
    ['a bad variable', 'sites: [a]', { STEWARD_HTTP_PORT: 'x' }, 'http.port'],
  ])('with %s is refused with its place', (_, yaml, environment, message) => {
    expect(mistakeIn(yaml, environment)).toContain(message);
  });
});
