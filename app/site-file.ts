import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { attributeSchema, attributeTypes } from '../model/attributes.ts';
import { StewardError } from '../model/codes.ts';
import { isKind, KINDS, type Kind } from '../model/kinds.ts';
import type { Asset, Site } from '../model/site.ts';
import { type Mistake, readStrictYaml, type StrictYaml } from '../model/strict-yaml.ts';
import { didYouMean } from '../model/suggest.ts';
import { type PlacedRow, parseAssetsCsv } from './assets-csv.ts';
import { type AssetRow, type SiteFile, siteFileSchema } from './site-schema.ts';

const PLACE_KEYS = new Set(['id', 'kind', 'zone', 'name', 'x_m', 'y_m', 'circuit', 'gateway']);

/** Reads a file or throws file_unreadable. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StewardError('file_unreadable', (error as Error).message, { cause: error });
  }
}

/** The attributes of a row against the strict schema of its kind. CSV has one header for all kinds, so a cell of a column that this kind lacks must be empty. */
function toAsset(row: AssetRow, kind: Kind, site: string, problems: string[]): Asset | undefined {
  const given = Object.fromEntries(Object.entries(row).filter(([key]) => !PLACE_KEYS.has(key)));
  const parsed = attributeSchema(kind).safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      if (issue.code !== 'unrecognized_keys') problems.push(`${issue.path.join('.')}: ${issue.message}`);
      else {
        const known = [...PLACE_KEYS, ...attributeTypes(kind).keys()];
        for (const key of issue.keys) problems.push(`a ${kind} has no "${key}"${didYouMean(key, known)}`);
      }
    }
    return undefined;
  }
  const { id, zone, name, x_m, y_m, circuit, gateway } = row;
  const place = { id, kind, site, zone, name: name || id, x_m, y_m, circuit, gateway };
  return { ...place, attributes: parsed.data, given: Object.keys(given) };
}

function assetsOf(rows: readonly PlacedRow[], file: SiteFile): Asset[] {
  const mistakes: string[] = [];
  const assets: Asset[] = [];
  const placeOf = new Map<string, string>();
  const zones = file.zones.map((zone) => zone.id);
  for (const { row, place } of rows) {
    const problems: string[] = [];
    const first = placeOf.get(row.id);
    if (first) problems.push(`the asset "${row.id}" is already at ${first}`);
    else placeOf.set(row.id, place);
    if (!zones.includes(row.zone)) problems.push(`no zone "${row.zone}"${didYouMean(row.zone, zones)}`);
    if (!isKind(row.kind)) problems.push(`no kind "${row.kind}"${didYouMean(row.kind, KINDS)}`);
    else {
      const asset = toAsset(row, row.kind, file.site.id, problems);
      if (asset && !first) assets.push(asset);
    }
    mistakes.push(...problems.map((problem) => `${place}: ${problem}`));
  }
  const schedules = Object.keys(file.site.schedules);
  for (const { id, attributes } of assets) {
    const schedule = String(attributes['schedule'] ?? '');
    if (schedule !== '' && !schedules.includes(schedule)) {
      mistakes.push(
        `${placeOf.get(id)}: "${id}" asks for the schedule "${schedule}", which is none${didYouMean(schedule, schedules)}`,
      );
    }
  }
  const kindOf = new Map(assets.map((asset) => [asset.id, asset.kind]));
  for (const asset of assets) {
    for (const link of ['circuit', 'gateway'] as const) {
      const target = asset[link];
      if (target === '' || kindOf.get(target) === link) continue;
      const known = assets.filter((other) => other.kind === link).map((other) => other.id);
      mistakes.push(
        `${placeOf.get(asset.id)}: "${asset.id}" names the ${link} "${target}", which is none${didYouMean(target, known)}`,
      );
    }
  }
  if (mistakes.length > 0) throw new StewardError('site_invalid', mistakes.join('\n'));
  return assets;
}

/** References among people and zones that a schema cannot check. */
function peopleMistakes({ people, zones }: SiteFile): Mistake[] {
  const ids = people.map((person) => person.id);
  const mistakes: Mistake[] = [];
  const twice = (list: readonly { id: string }[], root: string): void => {
    list.forEach(({ id }, i) => {
      if (list.findIndex((other) => other.id === id) < i) {
        mistakes.push({ path: [root, i, 'id'], message: `"${id}" is there twice` });
      }
    });
  };
  twice(people, 'people');
  twice(zones, 'zones');
  zones.forEach((zone, i) => {
    const named = [
      [['zones', i, 'steward'], zone.steward] as const,
      ...Object.entries(zone.staff).map(([trade, id]) => [['zones', i, 'staff', trade], id] as const),
    ];
    for (const [path, id] of named) {
      if (!ids.includes(id)) mistakes.push({ path, message: `no person "${id}"${didYouMean(id, ids)}` });
    }
  });
  return mistakes;
}

function inlineRows(yaml: StrictYaml<SiteFile>): PlacedRow[] {
  return yaml.value.assets.map((row, i) => ({ row, place: yaml.where(['assets', i]) }));
}

/**
 * Reads one site: its YAML, and the CSV of assets that it names.
 *
 * Throws site_invalid or file_unreadable that lists every mistake with file and line.
 */
export function loadSite(file: string): Site {
  const yaml = readStrictYaml(readText(file), file, siteFileSchema, 'site_invalid');
  const { site, people, zones, assets_csv } = yaml.value;
  const mistakes = peopleMistakes(yaml.value);
  if (mistakes.length > 0) throw yaml.error('site_invalid', mistakes);
  const csv = assets_csv === undefined ? undefined : resolve(dirname(file), assets_csv);
  const rows = [...inlineRows(yaml), ...(csv === undefined ? [] : parseAssetsCsv(readText(csv), csv))];
  return { ...site, people, zones, assets: assetsOf(rows, yaml.value) };
}

/** Reads all sites; asset, site and person names must be unique in the installation. */
export function loadSites(files: readonly string[]): Site[] {
  const sites = files.map(loadSite);
  const seen = new Map<string, string>();
  const mistakes: string[] = [];
  const claim = (what: string, file: string): void => {
    const first = seen.get(what);
    if (first !== undefined && first !== file) mistakes.push(`${file}: the ${what} is already in ${first}`);
    else seen.set(what, file);
  };
  sites.forEach((site, i) => {
    const file = files[i] as string;
    claim(`site "${site.id}"`, file);
    for (const asset of site.assets) claim(`asset "${asset.id}"`, file);
  });
  if (mistakes.length > 0) throw new StewardError('site_invalid', mistakes.join('\n'));
  return sites;
}
