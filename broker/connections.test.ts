import { connect as connectSocket } from 'node:net';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { startBroker } from './aedes.ts';
import { closing, keptBroker, P1 } from './kept-broker.testkit.ts';

const at = keptBroker();

describe('connections', () => {
  it('lets a second connection with the same client id take over', async () => {
    const first = await at.signIn('dev-1');
    const closed = closing(first);
    const second = await at.signIn('dev-1');
    await closed;
    await second.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    expect(at.broker.connected()).toEqual(['dev-1']);
    expect(at.broker.health()).toEqual({ ok: true, detail: `1 clients on 127.0.0.1:${at.broker.port}` });
  });

  it('disconnects a user on demand', async () => {
    const device = await at.signIn('dev-1');
    await at.signIn('dev-2');
    const closed = closing(device);
    await at.broker.revoke('dev-1');
    await closed;
    expect(at.broker.connected()).toEqual(['dev-2']);
  });

  it('publishes the will of a device that vanished, through the same path', async () => {
    const will = { topic: P1, payload: Buffer.from('{"power_w":0}'), qos: 1 as const, retain: false };
    const device = await at.signIn('dev-1', { will });
    device.stream.destroy();
    await expect.poll(at.powers).toEqual([0]);
  });

  it.each([
    ['an HTTP request', 'GET / HTTP/1.1\r\n\r\n'],
    ['zeros', '\0'.repeat(100)],
    ['a huge first packet', Buffer.from([0x10, 0xff, 0xff, 0x7f, 0, 4, 77, 81, 84, 84])],
    ['a length that is none', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['a subscription before sign-in', Buffer.from([0x82, 6, 0, 1, 0, 1, 35, 0])],
  ])('survives %s', async (_, bytes) => {
    const socket = connectSocket(at.broker.port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(bytes);
    await closed;
    await (await at.signIn('dev-1')).publishAsync(P1, '{"power_w":1}', { qos: 1 });
  });

  it('refuses a client id that is too long', async () => {
    await expect(at.signIn('dev-1', { clientId: 'x'.repeat(129) })).rejects.toThrow('Identifier rejected');
  });

  it('answers a sign-in that cannot be checked as its own failure, not the client’s', async () => {
    const failing = async (): Promise<boolean> => {
      throw new Error('records are closed');
    };
    const other = await startBroker(at.options({ authenticate: failing }));
    await expect(
      mqtt.connectAsync(`mqtt://127.0.0.1:${other.port}`, { username: 'a', reconnectPeriod: 0 }),
    ).rejects.toThrow('Server unavailable');
    await other.close();
  });
});
