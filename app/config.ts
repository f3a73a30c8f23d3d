import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StewardError } from '../model/codes.ts';
import { readStrictYaml } from '../model/strict-yaml.ts';
import { didYouMean } from '../model/suggest.ts';
import { type Config, configSchema } from './config-schema.ts';

/** Every scalar key of the configuration that the environment may set, as `STEWARD_HTTP_PORT` → path. */
const ENVIRONMENT_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  [
    'data',
    'sites',
    'http.host',
    'http.port',
    'http.trust_proxy',
    'mqtt.host',
    'mqtt.port',
    'mqtt.tls.port',
    'mqtt.tls.cert',
    'mqtt.tls.key',
    'mqtt.link.url',
    'mqtt.link.user',
    'mqtt.link.password',
    'mqtt.link.protocol',
    'mqtt.link.group',
    'mqtt.link.client_id',
    'mqtt.link.ca',
    'series.engine',
    'series.version',
    'series.url',
    'series.database',
    'series.bucket',
    'series.org',
    'series.token',
    'series.user',
    'series.password',
    'series.retention',
    'series.retention_days',
    'rules.library',
    'rules.files',
    'journal.limit',
    'watch.asset',
    'log.level',
    'log.format',
  ].map((key) => [`STEWARD_${key.replaceAll('.', '_').toUpperCase()}`, key.split('.')]),
);

const NUMBERS = new Set(['port', 'limit', 'version', 'retention_days']);
const LISTS = new Set(['sites', 'rules.files']);

export function environmentNames(): readonly string[] {
  return [...ENVIRONMENT_KEYS.keys()];
}

function scalar(path: readonly string[], text: string): unknown {
  if (LISTS.has(path.join('.'))) return text.split(',').filter((item) => item !== '');
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) && NUMBERS.has(path.at(-1) ?? '') ? Number(text) : text;
}

function put(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) tree[head] = value;
  else {
    const branch = (tree[head] ?? {}) as Record<string, unknown>;
    tree[head] = branch;
    put(branch, rest, value);
  }
}

/** The tree that `STEWARD_…` variables say. Throws config_invalid for a name that means nothing. */
function fromEnvironment(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('STEWARD_') || text === undefined) continue;
    const path = ENVIRONMENT_KEYS.get(name);
    if (!path) {
      throw new StewardError(
        'config_invalid',
        `environment: ${name} is no setting${didYouMean(name, ENVIRONMENT_KEYS.keys())}`,
      );
    }
    put(tree, path, scalar(path, text));
  }
  return tree;
}

function merge(below: unknown, above: unknown): unknown {
  const isTree = (x: unknown): x is Record<string, unknown> =>
    typeof x === 'object' && x !== null && !Array.isArray(x);
  if (!isTree(below) || !isTree(above)) return above ?? below;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = merge(below[key], value);
  return merged;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StewardError('file_unreadable', `${file}: ${(error as Error).message}`, { cause: error });
  }
}

export interface ConfigSources {
  /** `steward.yaml`; absent = defaults alone. */
  readonly file?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** From flags, above all else: a tree of the configuration's shape. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Below all else: what the demo sets. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/**
 * Flags over environment over file over defaults. Paths come back absolute: those of the file are relative to it,
 * all others to the working folder.
 *
 * Throws config_invalid or file_unreadable, naming file, line and column where there is one.
 */
export function loadConfig({ file, environment, flags, defaults = {} }: ConfigSources): Config {
  const above = merge(fromEnvironment(environment), flags) as Record<string, unknown>;
  let below: unknown = defaults;
  if (file !== undefined) {
    const partial = configSchema.partial({ sites: true });
    const yaml = readStrictYaml(readFile(file), file, partial, 'config_invalid');
    below = merge(defaults, absolutePaths(yaml.value, dirname(resolve(file))));
  }
  const parsed = configSchema.safeParse(merge(below, absolutePaths(above, process.cwd())));
  if (parsed.success) return parsed.data;
  const source = file ?? 'settings';
  throw new StewardError(
    'config_invalid',
    parsed.error.issues.map((issue) => `${source}: ${issue.path.join('.')}: ${issue.message}`).join('\n'),
  );
}

function absolutePaths(config: Record<string, unknown>, folder: string): Record<string, unknown> {
  const at = (path: unknown): unknown => (typeof path === 'string' ? resolve(folder, path) : path);
  const all = (paths: unknown): unknown => (Array.isArray(paths) ? paths.map(at) : paths);
  const rules = config['rules'] as Record<string, unknown> | undefined;
  const mqtt = config['mqtt'] as Record<string, unknown> | undefined;
  const gateway = config['gateway'] as Record<string, unknown> | undefined;
  const tls = mqtt?.['tls'] as Record<string, unknown> | undefined;
  const link = mqtt?.['link'] as Record<string, unknown> | undefined;
  const absolute: Record<string, unknown> = { ...config };
  if ('data' in config) absolute['data'] = at(config['data']);
  if ('sites' in config) absolute['sites'] = all(config['sites']);
  if (rules && 'files' in rules) absolute['rules'] = { ...rules, files: all(rules['files']) };
  if (gateway) absolute['gateway'] = { ...gateway, profiles: all(gateway['profiles']) };
  if (mqtt) {
    absolute['mqtt'] = {
      ...mqtt,
      ...(tls ? { tls: { ...tls, cert: at(tls['cert']), key: at(tls['key']), ca: at(tls['ca']) } } : {}),
      ...(link ? { link: { ...link, ca: at(link['ca']) } } : {}),
    };
  }
  return absolute;
}
