import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { startBroker } from './aedes.ts';
import { byHand, keptBroker, P1 } from './kept-broker.testkit.ts';

const at = keptBroker();

describe('starting and stopping', () => {
  it('says which port is taken', async () => {
    await expect(startBroker(at.options({ port: at.broker.port }))).rejects.toMatchObject({
      code: 'port_taken',
      message: `127.0.0.1:${at.broker.port} is taken by another program; stop it, or choose another port for MQTT`,
    });
  });

  it('says that a certificate is none, and leaves no listener behind', async () => {
    const tls = { port: 0, cert: 'x', key: 'y' };
    await expect(startBroker(at.options({ tls }))).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('waits for what was accepted, acknowledges it, and frees the port', async () => {
    const device = await at.signIn('dev-1');
    const held = byHand();
    at.disk = held.promise;
    const acknowledged = device.publishAsync(P1, '{"power_w":1}', { qos: 1 });
    await device.publishAsync(P1, 'x', { qos: 0 });
    await expect.poll(() => at.quarantine.counts().total).toBe(1);
    const closed = at.broker.close();
    expect(at.broker.health().ok).toBe(false);
    held.settle();
    await acknowledged;
    await closed;
    expect(at.powers()).toEqual([1]);
    await expect(at.broker.publish('site/x', 'y')).rejects.toThrow('closed');
    const again = await startBroker(at.options({ port: at.broker.port }));
    await again.close();
  });

  it('does not wait for ever', async () => {
    const other = await startBroker(
      at.options({ accept: () => new Promise(() => {}), limits: { closeTimeoutMs: 50 } }),
    );
    const client = mqtt.connect(`mqtt://127.0.0.1:${other.port}`, {
      username: 'dev-1',
      password: 'secret of dev-1',
      reconnectPeriod: 0,
    });
    client.on('error', () => {});
    client.publish(P1, '{"power_w":1}', { qos: 1 });
    await expect.poll(() => other.connected()).toEqual(['dev-1']);
    await other.close();
    client.end(true);
  });
});
