import { join, resolve } from 'node:path';
import { demoFolder } from './paths.ts';

/** Where the demo estate lives unless told otherwise. */
export const DEMO_DEFAULTS = {
  data: resolve('data/demo'),
  sites: [join(demoFolder, 'site.yaml')],
  log: { level: 'warn' },
};
