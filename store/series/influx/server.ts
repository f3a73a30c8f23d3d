import type { InfluxAnswer } from './queries.ts';
import type { Sender } from './sender.ts';

/** Sees to it that the database is there. Answers undefined when all is well, or why not. */
export interface Database {
  /** Makes it when it is not known to be there. */
  ready(): Promise<string | undefined>;
  /** Asks the server now. */
  check(): Promise<string | undefined>;
  /** A write failed: it may have gone. */
  doubt(): void;
}

/** An InfluxDB of one version, as the store needs it. */
export interface InfluxServer {
  readonly database: Database;
  readonly send: Sender;
  /** Runs InfluxQL; one result for each statement. Rejects when the server does. */
  ask(statements: readonly string[]): Promise<InfluxAnswer>;
}

/** `make` makes what is missing and answers why it could not; `ping` answers why the server is not there. */
export function keeperOf(
  make: () => Promise<string | undefined>,
  ping: () => Promise<string | undefined>,
): Database {
  let known = false;
  let making: Promise<string | undefined> | undefined;
  const ready = async (): Promise<string | undefined> => {
    if (known) return undefined;
    making ??= make()
      .then((trouble) => {
        known = trouble === undefined;
        return trouble;
      })
      .finally(() => {
        making = undefined;
      });
    return making;
  };
  return {
    ready,
    async check() {
      const trouble = await ping();
      if (trouble === undefined) return ready();
      known = false;
      return trouble;
    },
    doubt() {
      known = false;
    },
  };
}
