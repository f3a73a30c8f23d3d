import { StewardError } from '../../model/codes.ts';

/** `note`: works, but somebody should look; `wrong`: does not work, or soon will not. */
export type Level = 'ok' | 'note' | 'wrong';

/** What was looked at, and in words how it is and what to do. */
export interface Finding {
  readonly what: string;
  readonly level: Level;
  readonly detail: string;
}

export function finding(what: string, level: Level, detail: string): Finding {
  return { what, level, detail };
}

/** What `examine` says; a StewardError that it throws is what is wrong. */
export async function look(what: string, examine: () => string | Promise<string>): Promise<Finding> {
  try {
    return finding(what, 'ok', await examine());
  } catch (error) {
    if (error instanceof StewardError) return finding(what, 'wrong', error.message);
    throw error;
  }
}
