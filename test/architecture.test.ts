import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'steward-architecture-'));
copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
execFileSync('git', ['init', '-q'], { cwd: folder });
afterAll(() => rmSync(folder, { recursive: true }));

/** What the linter of this repository says of one file that imports another. */
function complaintAbout(file: string, imported: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { thing } from '${imported}';\n\nexport const other = thing;\n`);
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  try {
    execFileSync(process.execPath, [biome, 'lint', '--colors=off', file], { cwd: folder, stdio: 'pipe' });
    return 'none';
  } catch (error) {
    const { stderr } = error as { stderr: Buffer };
    return stderr.toString();
  } finally {
    rmSync(path);
  }
}

describe('imports only go down', () => {
  it.each([
    ['model/a.ts', '../store/journal/contract.ts'],
    ['model/views/a.ts', '../../api/api.ts'],
    ['store/series/duckdb/a.ts', '../../../ingest/ingest.ts'],
    ['rules/engine/a.ts', '../../tickets/desk.ts'],
    ['broker/a.ts', '../ingest/ingest.ts'],
    ['dashboards/web/a.ts', '../../api/ports.ts'],
    ['ingest/a.ts', '../app/steward.ts'],
  ])('%s may not import %s', (file, imported) => {
    expect(complaintAbout(file, imported)).toContain('noRestrictedImports');
  });

  it.each([
    ['app/a.ts', '../ingest/ingest.ts'],
    ['ingest/a.ts', '../store/journal/contract.ts'],
    ['api/a.ts', '../model/site.ts'],
    ['rules/engine/a.ts', '../language/load.ts'],
  ])('%s may import %s', (file, imported) => {
    expect(complaintAbout(file, imported)).not.toContain('noRestrictedImports');
  });
});
