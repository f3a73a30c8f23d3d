import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { StewardError } from '../model/codes.ts';
import { loadSite, loadSites } from './site-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'steward-site-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = `site: { id: oak, name: Oak Court, tz: Europe/London, lat: 51.5, lon: -0.1 }
people:
  - { id: ada, name: Ada, role: staff }
zones:
  - { id: north, name: North, steward: ada }
`;
const CSV = 'id,kind,zone,circuit,rated_w\nc-1,circuit,north,,\nlamp-1,luminaire,north,c-1,80\n';

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function mistakeIn(yaml: string, csv?: string): string {
  if (csv !== undefined) write('assets.csv', csv);
  const file = write('site.yaml', csv === undefined ? yaml : `${yaml}assets_csv: assets.csv\n`);
  try {
    loadSite(file);
  } catch (error) {
    if (error instanceof StewardError) return `${error.code} ${error.message.replaceAll(`${folder}/`, '')}`;
    throw error;
  }
  return 'none';
}

describe('a site file', () => {
  it('is a site with its assets, defaults of the trade filled in', () => {
    write('assets.csv', CSV);
    const site = loadSite(write('site.yaml', `${HEAD}assets_csv: assets.csv\n`));
    expect(site.assets.map((asset) => asset.id)).toEqual(['c-1', 'lamp-1']);
    expect(site.assets[1]).toMatchObject({ name: 'lamp-1', circuit: 'c-1', attributes: { rated_w: 80 } });
  });

  it('has lighting schedules by name, which circuits and lamps ask for', () => {
    write(
      'assets.csv',
      'id,kind,zone,circuit,schedule\nc-1,circuit,north,,park\nlamp-1,luminaire,north,c-1,\n',
    );
    const schedules =
      'schedules: { park: { steps: [{ at: "00:30", level_pct: 0 }], nights: [{ on: [fri, 12-24] }] } }';
    const yaml = HEAD.replace('lon: -0.1 }', `lon: -0.1, ${schedules} }`);
    const site = loadSite(write('site.yaml', `${yaml}assets_csv: assets.csv\n`));
    expect(site.schedules?.['park']).toEqual({
      offset_min: 0,
      level_pct: 100,
      steps: [{ at: '00:30', level_pct: 0 }],
      nights: [{ on: ['fri', '12-24'], level_pct: 100, steps: [] }],
    });
    expect(site.assets[0]?.attributes['schedule']).toBe('park');
    expect(mistakeIn(yaml, 'id,kind,zone,schedule\nc-1,circuit,north,prak\n')).toBe(
      'site_invalid assets.csv:2: "c-1" asks for the schedule "prak", which is none (did you mean "park"?)',
    );
    expect(mistakeIn(yaml.replace('12-24', 'friday'))).toContain('nights are named by the day');
  });

  it.each([
    [
      'an unknown key',
      HEAD.replace('steward: ada', 'stewart: ada'),
      undefined,
      'site.yaml:5:5: zones[0].steward: is missing (expected string)\nsite.yaml:5:31: zones[0].stewart: unknown key "stewart" (did you mean "steward"?)',
    ],
    [
      'a zone without steward',
      HEAD.replace(', steward: ada', ''),
      undefined,
      'site.yaml:5:5: zones[0].steward: is missing (expected string)',
    ],
    [
      'a steward who is nobody',
      HEAD.replace('steward: ada', 'steward: adda'),
      undefined,
      'site.yaml:5:31: zones[0].steward: no person "adda" (did you mean "ada"?)',
    ],
    [
      'a duplicate asset',
      HEAD,
      `${CSV}lamp-1,luminaire,north,,\n`,
      'assets.csv:4: the asset "lamp-1" is already at assets.csv:3',
    ],
    [
      'a zone that is none',
      HEAD,
      'id,kind,zone\nx,bay,nroth\n',
      'assets.csv:2: no zone "nroth" (did you mean "north"?)',
    ],
    [
      'a kind that is none',
      HEAD,
      'id,kind,zone\nx,bays,north\n',
      'assets.csv:2: no kind "bays" (did you mean "bay"?)',
    ],
    [
      'an attribute of another kind',
      HEAD,
      'id,kind,zone,rated_w\nx,bay,north,3\n',
      'assets.csv:2: a bay has no "rated_w"',
    ],
    [
      'a circuit that is none',
      HEAD,
      'id,kind,zone,circuit\nx,luminaire,north,c9\n',
      'assets.csv:2: "x" names the circuit "c9", which is none',
    ],
    ['a name that would break topics', HEAD, 'id,kind,zone\nx/y,bay,north\n', 'assets.csv:2: id: a name is'],
    ['a row cut short', HEAD, 'id,kind,zone\nx,bay\n', 'assets.csv: Invalid Record Length'],
    [
      'a time zone that is none',
      HEAD.replace('Europe/London', 'Europe/Lundon'),
      undefined,
      'site.yaml:1:35: site.tz: no time zone',
    ],
    ['broken YAML', 'site: {', undefined, 'site.yaml:1:'],
  ])('with %s is refused with its place', (_, yaml, csv, message) => {
    expect(mistakeIn(yaml, csv)).toContain(`site_invalid ${message}`);
  });

  it('that is not there is file_unreadable', () => {
    expect(() => loadSite(join(folder, 'none.yaml'))).toThrow('ENOENT');
  });

  it('may not share an asset with another site', () => {
    write('assets.csv', CSV);
    const a = write('a.yaml', `${HEAD}assets_csv: assets.csv\n`);
    const b = write('b.yaml', `${HEAD.replace('id: oak', 'id: elm')}assets_csv: assets.csv\n`);
    expect(() => loadSites([a, b])).toThrow('the asset "c-1" is already in');
  });
});
