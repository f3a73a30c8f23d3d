import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { libraryRulesFolder } from '../app/paths.ts';
import { rulesIn } from '../app/rule-files.ts';
import { attributeSchema } from '../model/attributes.ts';
import type { Kind } from '../model/kinds.ts';
import type { Asset, Site } from '../model/site.ts';
import { loadRules } from '../rules/language/load.ts';
import type { RuleSet } from '../rules/language/rule.ts';

export function asset(
  id: string,
  kind: Kind,
  place: { circuit?: string; gateway?: string } = {},
  more: Record<string, string | number> = {},
): Asset {
  const { circuit = '', gateway = '' } = place;
  const attributes = attributeSchema(kind).parse(more);
  return { id, kind, site: 'estate', zone: 'north', name: id, x_m: 0, y_m: 0, circuit, gateway, attributes };
}

export function siteOf(assets: readonly Asset[]): Site {
  return {
    id: 'estate',
    name: 'Estate',
    tz: 'Europe/London',
    lat: 51.5,
    lon: -0.1,
    plan: { width_m: 1, height_m: 1 },
    lighting: { offset_min: 20, level_pct: 100, steps: [] },
    zones: [{ id: 'north', name: 'North', steward: 'steward', staff: {}, outline: [] }],
    people: [{ id: 'steward', name: 'Steward', role: 'manager' }],
    assets,
  };
}

export function library(): RuleSet {
  return loadRules(rulesIn(libraryRulesFolder));
}

interface WrittenRules {
  groups: { defaults?: Record<string, string>; rules: { lateness?: string }[] }[];
}

/** The library with the same patience everywhere, so that the promise about order may be asked of every rule. */
export function patientLibrary(lateness: string): RuleSet {
  return loadRules(
    rulesIn(libraryRulesFolder).map(({ file }) => {
      const written = parse(readFileSync(file, 'utf8')) as WrittenRules;
      for (const group of written.groups) {
        group.defaults = { ...group.defaults, lateness };
        for (const rule of group.rules) delete rule.lateness;
      }
      return { file, text: stringify(written) };
    }),
  );
}
