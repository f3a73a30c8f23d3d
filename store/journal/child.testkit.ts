import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** A script made runnable by plain Node.js, and what takes it away again. */
export interface Script {
  start(...args: string[]): ChildProcess;
  remove(): void;
}

/**
 * Bundles a TypeScript file for a process of its own, one that can be killed. It lies under `node_modules` because
 * packages are looked up from where a script lies.
 */
export async function childScript(file: string): Promise<Script> {
  const parent = join(process.cwd(), 'node_modules', '.steward-children');
  mkdirSync(parent, { recursive: true });
  const outDir = mkdtempSync(join(parent, 'child-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    build: { ssr: file, outDir, rolldownOptions: { output: { entryFileNames: 'child.mjs' } } },
  });
  return {
    start: (...args) =>
      spawn(process.execPath, [join(outDir, 'child.mjs'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] }),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}
