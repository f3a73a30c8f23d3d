import type { Command } from 'commander';
import { systemClock } from '../../model/clock.ts';
import { loadRules } from '../../rules/language/load.ts';
import type { Config } from '../config-schema.ts';
import { type Finding, type Level, look } from '../doctor/finding.ts';
import { keptParts } from '../doctor/kept.ts';
import { clockAgainstFiles, diskSpace, fileRights, nodeVersion, portFree } from '../doctor/machine.ts';
import { runningParts } from '../doctor/running.ts';
import { seriesEngine } from '../doctor/series.ts';
import { ruleFilesOf } from '../rule-files.ts';
import { readRunning } from '../running.ts';
import { loadSites } from '../site-file.ts';
import { type CommonFlags, configOf, withCommonFlags } from './common.ts';

const MARKS: Readonly<Record<Level, string>> = { ok: 'ok', note: 'note', wrong: 'wrong' };
const INDENT = ' '.repeat('wrong '.length + 15);

export function addDoctorCommand(program: Command): void {
  withCommonFlags(program.command('doctor'))
    .description(
      'looks at the machine, the files and the running parts, and says what is wrong and what to do',
    )
    .addHelpText('after', '\nIt ends with 1 when something is wrong. A note is no failure.')
    .action(async (flags: CommonFlags) => {
      const findings = [nodeVersion(), ...(await ofConfig(flags))];
      for (const { what, level, detail } of findings) {
        const text = detail.replaceAll('\n', `\n${INDENT}`);
        process.stdout.write(`${MARKS[level].padEnd(5)} ${what.padEnd(14)} ${text}\n`);
      }
      if (findings.some(({ level }) => level === 'wrong')) process.exitCode = 1;
    });
}

async function ofConfig(flags: CommonFlags): Promise<Finding[]> {
  let config: Config | undefined;
  const configuration = await look('configuration', () => {
    config = configOf(flags);
    return flags.config ?? 'defaults and environment';
  });
  if (!config) return [configuration];
  const { data, sites } = config;
  const loaded = config;
  return [
    configuration,
    await look('sites', () => `${loadSites(sites).length} read`),
    await look('rules', () => `${loadRules(ruleFilesOf(loaded)).infos.size} read`),
    diskSpace(data),
    fileRights(data),
    clockAgainstFiles(data, systemClock.now()),
    ...(await seriesEngine(loaded, systemClock.now)),
    ...(await steward(loaded)),
  ];
}

async function steward(config: Config): Promise<Finding[]> {
  const at = readRunning(config.data);
  if (at) return runningParts(at);
  const { http, mqtt } = config;
  return [
    ...(await keptParts(config)),
    await portFree('http port', http.host, http.port),
    await portFree('mqtt port', mqtt.host, mqtt.port),
    ...(mqtt.tls ? [await portFree('mqtt tls port', mqtt.host, mqtt.tls.port)] : []),
  ];
}
