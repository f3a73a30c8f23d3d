/** A client's session that outlives its connections (MQTT 3.1.1, 4.1). */
export interface KeptSession {
  /** Unique among all sessions. */
  readonly client: string;
  readonly user: string;
  /** When its last connection ended, epoch milliseconds; 0 while it is connected. */
  readonly seen: number;
  readonly filters: readonly (readonly [filter: string, qos: number])[];
}

/** A message on its way to a session that has not acknowledged it. */
export interface KeptMessage {
  readonly client: string;
  /** Orders the messages of a session. */
  readonly place: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 1 | 2;
  readonly retain: boolean;
  /** 0 until it was sent. */
  readonly messageId: number;
  /** QoS 2: PUBREC has come, PUBREL goes out until PUBCOMP comes. */
  readonly released: boolean;
}

export interface KeptRetained {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
}

/** A QoS 2 message of a session that was taken and not released yet: the same id again is the same message. */
export interface KeptHalfway {
  readonly client: string;
  readonly messageId: number;
}

export interface MqttStateContent {
  readonly sessions: readonly KeptSession[];
  /** Of each session in the order of their places. */
  readonly messages: readonly KeptMessage[];
  readonly retained: readonly KeptRetained[];
  readonly halfway: readonly KeptHalfway[];
}

/**
 * What the broker must not forget when its process ends. It is read once; from then on the broker's memory is the
 * truth and changes follow it in batches: what is put and deleted again before a batch is written costs nothing.
 */
export interface MqttState {
  /** As it was when it was opened. */
  load(): MqttStateContent;
  putSession(session: KeptSession): void;
  /** With all its messages. */
  deleteSession(client: string): void;
  putMessage(message: KeptMessage): void;
  deleteMessage(client: string, place: number): void;
  putRetained(retained: KeptRetained): void;
  deleteRetained(topic: string): void;
  putHalfway(halfway: KeptHalfway): void;
  deleteHalfway(halfway: KeptHalfway): void;
  /** Resolves when every change so far outlives the process; rejects when it could not be written: it is tried again. */
  written(): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}
