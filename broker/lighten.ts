import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { BufferList } from 'bl';
import { writeToStream } from 'mqtt-packet';

/** What Aedes 1.2.0 and mqtt-packet 9.0.2 keep to themselves. */
interface Parts {
  _eos: () => void;
  _inboundInflight: object;
  duplicates: object;
  readonly _parser: {
    _list: unknown;
    settings: { readonly protocolVersion?: number; readonly bridgeMode?: boolean };
  };
}

const nothing = (): void => {};
/** Stands for the set of QoS 2 messages half way, which halfway.ts bounds, also over connections. */
const UNCOUNTED = { size: 0, has: () => true, add: nothing, delete: nothing };
/** Aedes writes numbers of other brokers into it, of which there are none (see withoutNumberCheck). */
const NONE = Object.freeze(Object.create(null));
const SETTINGS = [3, 4].map((protocolVersion) => ({ protocolVersion }));

function endClient(this: Duplex & { readonly client: Client }): void {
  this.client.close();
}

/** A table of all message ids that is 10 MiB large and saves nothing that can be measured. */
export function lightenPackets(): void {
  writeToStream.cacheNumbers = false;
}

/**
 * Takes from a new client what it can do without: the watch over its stream is seven functions large, and the parser
 * keeps its bytes in a list that is a whole stream besides.
 */
export function lighten(client: Client): void {
  const parts = client as unknown as Parts;
  parts._eos();
  parts._eos = nothing;
  client.conn.on('close', endClient);
  parts._inboundInflight = UNCOUNTED;
  parts.duplicates = NONE;
  parts._parser._list = new BufferList();
}

/** After sign-in the CONNECT packet is needed no more: the parser holds it, with password and will, for its version. */
export function forgetConnect(client: Client): void {
  const { _parser } = client as unknown as Parts;
  const { protocolVersion, bridgeMode } = _parser.settings;
  const shared = SETTINGS.find((settings) => settings.protocolVersion === protocolVersion);
  if (shared && !bridgeMode) _parser.settings = shared;
}
