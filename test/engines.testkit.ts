import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's package for each program that tests run. */
const PACKAGES: Readonly<Record<string, string>> = {
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  influxd: 'influxdb',
  influx: 'influxdb-client',
  chromium: 'chromium',
  socat: 'socat',
  'victoria-metrics': 'victoria-metrics',
};

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Whether a suite must be left out because a program is not installed; says how to install it. In CI nothing is
 * left out: it throws.
 */
export function isMissing(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return false;
  const how = `apt-get install ${missing.map((program) => PACKAGES[program] ?? program).join(' ')}`;
  if (process.env['CI']) throw new Error(`${missing.join(', ')} must be installed: ${how}`);
  console.warn(`skipped without ${missing.join(', ')}; to run it: ${how}`);
  return true;
}
