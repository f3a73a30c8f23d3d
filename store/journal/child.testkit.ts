import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** A script made runnable by plain Node.js, and what takes it away again. */
export interface Script {
  start(...args: string[]): ChildProcess;
  /** The same under a limit on the size of files, in KiB: to a program it looks like a disk that is full. */
  startWithFileLimit(limitKib: number, ...args: string[]): ChildProcess;
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
  const script = join(outDir, 'child.mjs');
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit'];
  return {
    start: (...args) => spawn(process.execPath, [script, ...args], { stdio }),
    startWithFileLimit: (limitKib, ...args) =>
      spawn('bash', ['-c', `ulimit -f ${limitKib} && exec "$@"`, 'bash', process.execPath, script, ...args], {
        stdio,
      }),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}
