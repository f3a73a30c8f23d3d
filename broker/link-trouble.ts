import type { Code } from '../model/codes.ts';
import type { Log } from '../model/log.ts';

/** Why there is no link to the outside broker. */
export interface Trouble {
  readonly code: Extract<Code, 'broker_unreachable' | 'login_refused' | 'subscription_forbidden'>;
  readonly detail: string;
}

/** CONNACK codes: 4 and 5 of MQTT 3.1.1 (3.2.2.3), 134, 135, 138 and 140 of MQTT 5 (3.2.2.2). */
const LOGIN_CODES: ReadonlySet<number> = new Set([4, 5, 134, 135, 138, 140]);
/** "Unacceptable protocol version" of MQTT 3.1.1 and "unsupported protocol version" of MQTT 5. */
const VERSION_CODES: ReadonlySet<number> = new Set([1, 132]);
/** DISCONNECT reason of MQTT 5, 3.14.2.1. */
const SESSION_TAKEN_OVER = 142;

type ConnectionError = Error & { readonly code?: unknown };

/** What an error of a connection means. */
export function troubleOf(error: ConnectionError): Trouble {
  const code = LOGIN_CODES.has(Number(error.code)) ? 'login_refused' : 'broker_unreachable';
  return { code, detail: error.message || String(error.code) };
}

export function isVersionRefused(error: ConnectionError): boolean {
  return VERSION_CODES.has(Number(error.code));
}

/** What the broker's own DISCONNECT means (MQTT 5 only). */
export function troubleOfDisconnect(reasonCode: number | undefined, clientId: string): Trouble {
  const detail =
    reasonCode === SESSION_TAKEN_OVER
      ? `another client signed in as "${clientId}": each Steward needs a client_id of its own`
      : `the broker ended the connection, reason code ${reasonCode ?? 0}`;
  return { code: 'broker_unreachable', detail };
}

/** Says what went wrong, once until something else does. */
export function complaints(url: string, log: Log): (trouble: Trouble | undefined) => void {
  let said = '';
  return (trouble) => {
    if (!trouble) {
      said = '';
      return;
    }
    const { code, detail } = trouble;
    if (said === detail) log.debug({ code }, `still no link to the broker: ${url}: ${detail}`);
    else log.warn({ code }, `no link to the broker, tried again until there is: ${url}: ${detail}`);
    said = detail;
  };
}
