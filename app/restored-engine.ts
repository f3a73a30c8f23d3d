import type { Log } from '../model/log.ts';
import { createEngine, type Engine, type EngineOptions } from '../rules/engine/engine.ts';

/**
 * The rules as they were at the snapshot. State that cannot be read, as that of another version of Steward, is left
 * aside: a site without its rules is worse than holds that begin anew.
 */
export function restoredEngine(options: EngineOptions, log: Log): Engine {
  const { snapshot, ...anew } = options;
  if (snapshot) {
    try {
      return createEngine(options);
    } catch (error) {
      log.error(
        { error },
        'the state of the rules was left aside: what they had seen is forgotten, faults that last are told again',
      );
    }
  }
  return createEngine(anew);
}
