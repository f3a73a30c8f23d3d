import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config-schema.ts';
import { libraryRulesFolder } from './paths.ts';
import { readText } from './site-file.ts';

export interface RuleFile {
  readonly file: string;
  readonly text: string;
}

/** The rule files of a folder, by name; files of tests beside them left out. */
export function rulesIn(folder: string): RuleFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .sort()
    .map((name) => join(folder, name))
    .map((file) => ({ file, text: readText(file) }));
}

/** The rules that the configuration asks for: the library unless it is switched off, then the site's own. */
export function ruleFilesOf({ rules }: Config): RuleFile[] {
  const own = rules.files.map((file) => ({ file, text: readText(file) }));
  return [...(rules.library ? rulesIn(libraryRulesFolder) : []), ...own];
}
