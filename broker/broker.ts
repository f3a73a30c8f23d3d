import type { Clock } from '../model/clock.ts';
import type { RejectCode } from '../model/codes.ts';
import type { Health } from '../model/health.ts';
import type { Log } from '../model/log.ts';
import type { RawMessage } from '../model/reading.ts';
import type { MqttState } from '../store/mqtt-state/contract.ts';
import type { BrokerLimits } from './limits.ts';
import type { Traffic } from './traffic.ts';

export interface Credentials {
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
}

/** PEM texts. */
export interface BrokerTls {
  readonly port: number;
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Authorities that sign the certificates of clients. */
  readonly ca?: string | Buffer;
  /** Whether a client may, or must, show a certificate in place of a password; off by default. */
  readonly clientCertificates?: 'off' | 'optional' | 'required';
}

export interface BrokerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: BrokerTls;
  /** MQTT over WebSocket; with TLS when there is any. */
  readonly webSocket?: { readonly port: number; readonly path: string };
  /** Told under `$SYS/broker/version`. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<BrokerLimits>;
  /** Where durable sessions and retained messages outlive the process; absent: they end with it. */
  readonly state?: MqttState;
  authenticate(credentials: Credentials): Promise<boolean>;
  /** Whether there is a device of that name, which a valid certificate has proved to be the client. */
  isDevice(name: string): Promise<boolean>;
  mayPublish(user: string, topic: string): boolean;
  maySubscribe(user: string, filter: string): boolean;
  /** Whether what was published there is passed on; the rest ends with its acknowledgement. */
  isForSubscribers(topic: string): boolean;
  /**
   * Called in the order of arrival of each client's messages, without waiting in between. What resolves is
   * acknowledged; what rejects is not, and its client is disconnected so that it sends again.
   */
  accept(message: RawMessage): Promise<void>;
  /** Keeps a message that its sender had no right to publish; it is acknowledged when this resolves. */
  refuse(message: RawMessage, code: RejectCode, detail: string): Promise<void>;
}

export interface Broker {
  readonly port: number;
  /** 0 when there is no TLS listener. */
  readonly tlsPort: number;
  /** 0 when there is no WebSocket listener. */
  readonly webSocketPort: number;
  /** Hands a message of Steward's own to subscribers. Throws when the broker is closed. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options?: { readonly retain?: boolean },
  ): Promise<void>;
  /** Users that are connected now, each once. */
  connected(): readonly string[];
  /** Ends every connection of that user, and its sessions with what waits in them. */
  revoke(user: string): Promise<void>;
  /** What went through it since it was started. */
  traffic(): Readonly<Traffic>;
  /** What it keeps for subscribers. */
  kept(): { readonly sessions: number; readonly queued: number; readonly retained: number };
  health(): Health;
  /** Stops listening, waits for what was accepted, ends the clients. */
  close(): Promise<void>;
}
