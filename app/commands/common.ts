import type { Command } from 'commander';
import { type ConfigSources, loadConfig } from '../config.ts';
import type { Config } from '../config-schema.ts';

/** Flags that every command with a configuration has. */
export interface CommonFlags {
  readonly config?: string;
  readonly data?: string;
  readonly httpPort?: string;
  readonly mqttPort?: string;
}

export function withCommonFlags(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (steward.yaml)')
    .option('--data <folder>', 'where everything is kept');
}

export function configOf(flags: CommonFlags, defaults?: ConfigSources['defaults']): Config {
  const port = (text: string | undefined): object => (text === undefined ? {} : { port: Number(text) });
  return loadConfig({
    file: flags.config,
    environment: process.env,
    flags: {
      ...(flags.data === undefined ? {} : { data: flags.data }),
      ...(flags.httpPort === undefined ? {} : { http: port(flags.httpPort) }),
      ...(flags.mqttPort === undefined ? {} : { mqtt: port(flags.mqttPort) }),
    },
    ...(defaults === undefined ? {} : { defaults }),
  });
}
