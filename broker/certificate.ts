import { TLSSocket, type TlsOptions } from 'node:tls';
import type { Client } from 'aedes';
import type { BrokerTls } from './broker.ts';

/** What a client's certificate says. */
export type Certified =
  | { readonly kind: 'none' }
  /** Signed by an authority of ours: the common name of its subject is the name of the device. */
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'invalid'; readonly flaw: string };

/** The socket below, also under WebSocket. */
export function socketOf(client: Client): unknown {
  return client.req?.socket ?? client.conn;
}

export function certifiedBy(client: Client): Certified {
  const socket = socketOf(client);
  if (!(socket instanceof TLSSocket)) return { kind: 'none' };
  const { subject } = socket.getPeerCertificate();
  if (!subject) return { kind: 'none' };
  if (!socket.authorized) return { kind: 'invalid', flaw: String(socket.authorizationError) };
  // Two names in one certificate name nobody.
  const name: unknown = subject.CN;
  if (typeof name !== 'string' || name === '') return { kind: 'invalid', flaw: 'it has no common name' };
  return { kind: 'device', name };
}

/** Client certificates that are asked for are checked in the handshake; whether one must be there is up to the mode. */
export function tlsOptions({ cert, key, ca, clientCertificates = 'off' }: BrokerTls): TlsOptions {
  const asks = clientCertificates !== 'off';
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ...(asks ? { ca, requestCert: true, rejectUnauthorized: clientCertificates === 'required' } : {}),
  };
}
