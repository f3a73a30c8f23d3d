import type { Command } from 'commander';
import { StewardError } from '../../model/codes.ts';
import type { ReadyView } from '../../model/views/watch.ts';
import { loadRules } from '../../rules/language/load.ts';
import type { Config } from '../config-schema.ts';
import { ruleFilesOf } from '../rule-files.ts';
import { type RunningAt, readRunning } from '../running.ts';
import { loadSites } from '../site-file.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';

const NODE_AT_LEAST = [20, 19] as const;

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

export function addDoctorCommand(program: Command): void {
  withCommonFlags(program.command('doctor'))
    .description('looks at the machine, the files and the running parts, and says what is wrong')
    .action(async (flags: CommonFlags) => {
      const findings = [nodeVersion(), ...(await ofConfig(flags))];
      for (const { what, ok, detail } of findings) {
        process.stdout.write(`${ok ? 'ok   ' : 'wrong'} ${what.padEnd(14)} ${detail}\n`);
      }
      if (findings.some((finding) => !finding.ok)) process.exitCode = 1;
    });
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > NODE_AT_LEAST[0] || (major === NODE_AT_LEAST[0] && minor >= NODE_AT_LEAST[1]);
  return {
    what: 'node',
    ok,
    detail: `${process.versions.node}${ok ? '' : `, needs ${NODE_AT_LEAST.join('.')}`}`,
  };
}

function look(what: string, examine: () => string): Finding {
  try {
    return { what, ok: true, detail: examine() };
  } catch (error) {
    if (error instanceof StewardError) return { what, ok: false, detail: error.message };
    throw error;
  }
}

async function ofConfig(flags: CommonFlags): Promise<Finding[]> {
  let config: Config | undefined;
  const configuration = look('configuration', () => {
    config = configOf(flags);
    return flags.config ?? 'defaults and environment';
  });
  if (!config) return [configuration];
  const { data, sites } = config;
  const loaded = config;
  return [
    configuration,
    look('sites', () => `${loadSites(sites).length} read`),
    look('rules', () => `${loadRules(ruleFilesOf(loaded)).infos.size} read`),
    ...(await running(data)),
  ];
}

async function running(data: string): Promise<Finding[]> {
  const at: RunningAt | undefined = readRunning(data);
  if (!at) return [{ what: 'steward', ok: true, detail: `is not running in ${data}` }];
  try {
    const response = await fetch(`${at.http_url}/readyz`);
    const ready = (await response.json()) as ReadyView;
    return Object.entries(ready.parts).map(([what, part]) => ({ what, ...part }));
  } catch (error) {
    const detail = `${at.http_url} does not answer (${(error as Error).message}); process ${at.pid}`;
    return [{ what: 'steward', ok: false, detail }];
  }
}
