import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder, whether this runs from the sources or from `dist/`. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

/** Of Steward, as package.json says it. */
export const version: string = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;

export const libraryRulesFolder = join(packageRoot, 'rules', 'library');
export const profilesFolder = join(packageRoot, 'gateway', 'profiles');
export const demoFolder = join(packageRoot, 'examples', 'demo');
export const faultsHandbook = join(packageRoot, 'docs', 'faults.md');
export const webRoot = join(packageRoot, 'dist', 'web');
