import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiRig, basic, PASSWORDS, readingOf, startApi } from '../api.testkit.ts';
import { createLatestValues } from '../latest.ts';
import { faultOf, NOW } from '../site.testkit.ts';
import { createLiveHub } from './hub.ts';

interface Heard {
  readonly response: IncomingMessage;
  readonly text: () => string;
  /** Resolves as soon as what was received so far fits. */
  until(fits: RegExp): Promise<string>;
}

/** Listens as a browser does, on a real socket. */
async function listen(port: number, headers: Record<string, string>): Promise<Heard> {
  const request = get({ port, host: '127.0.0.1', path: '/api/v1/events', headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const until = async (fits: RegExp): Promise<string> => {
    while (!fits.test(text)) await once(response, 'data');
    return text;
  };
  return { response, text: () => text, until };
}

describe('live events over a socket', () => {
  let rig: ApiRig;
  let port: number;
  beforeEach(async () => {
    rig = await startApi();
    await rig.app.listen({ port: 0, host: '127.0.0.1' });
    port = (rig.app.server.address() as AddressInfo).port;
  });
  afterEach(() => rig.end());

  it('tell newest values, gathered, and changes of tickets and faults', async () => {
    const heard = await listen(port, basic('viewer'));
    expect(heard.response.statusCode).toBe(200);
    expect(heard.response.headers['content-type']).toBe('text/event-stream');
    expect(heard.response.headers['cache-control']).toBe('no-store');
    await heard.until(/id: /);
    rig.latest.put(readingOf('l1', NOW, { power_w: 1 }));
    rig.latest.put(readingOf('l1', NOW + 1, { power_w: 2 }));
    rig.latest.put(readingOf('b1', NOW, { occupied: 1 }));
    await heard.until(/event: latest\n/);
    const data = /event: latest\ndata: (.*)\n/.exec(heard.text())![1]!;
    expect(JSON.parse(data)).toEqual({
      assets: {
        l1: { power_w: { value: 2, ts: new Date(NOW + 1).toISOString() } },
        b1: { occupied: { value: 1, ts: new Date(NOW).toISOString() } },
      },
    });
    const fault = faultOf('c1', { rule: 'CircuitOut', members: ['l1', 'l2'] });
    await rig.desk.fault([{ type: 'firing', fault, at: NOW, cause: 'c#1' }]);
    rig.live.faultChanged({ type: 'firing', fault });
    await heard.until(/event: ticket\ndata: {"id":"T-1","state":"assigned"}\n/);
    await heard.until(/"asset":"c1".*"active":true.*"asset":"l1".*"asset":"l2"/s);
    heard.response.destroy();
  });

  it('keep a silent stream open by comments', async () => {
    const heard = await listen(port, basic('viewer'));
    await heard.until(/: still here\n\n.*: still here\n\n/s);
    heard.response.destroy();
  });

  it('say `sync` to a page that comes back and missed something, and only then', async () => {
    const first = await listen(port, basic('viewer'));
    await first.until(/id: /);
    const id = /id: (.*)\n/.exec(first.text())![1]!;
    const second = await listen(port, { ...basic('viewer'), 'last-event-id': id });
    await second.until(/id: /);
    expect(second.text()).not.toContain('event: sync');
    rig.live.ticketChanged({ id: 'T-7', state: 'closed' });
    const third = await listen(port, { ...basic('viewer'), 'last-event-id': id });
    await third.until(/event: sync\ndata: {}\n/);
    for (const { response } of [first, second, third]) response.destroy();
    while (rig.live.clients() > 0) await new Promise(setImmediate);
    const last = [...second.text().matchAll(/id: (.*)\n/g)].at(-1)![1]!;
    const later = await listen(port, { ...basic('viewer'), 'last-event-id': last });
    // Nobody listened for a while, so nothing was gathered for whoever comes back.
    await later.until(/event: sync/);
    later.response.destroy();
  });

  it('are for people who are signed in, as long as they are', async () => {
    expect((await listen(port, {})).response.statusCode).toBe(401);
    const [user, password] = PASSWORDS.viewer;
    const signedIn = await rig.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { user, password },
    });
    const { name, value } = signedIn.cookies[0]!;
    const cookie = `${name}=${value}`;
    const heard = await listen(port, { cookie });
    await heard.until(/id: /);
    const ended = once(heard.response, 'end');
    await rig.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie } });
    await ended;
    expect(rig.live.clients()).toBe(0);
  });

  it('end when the server closes, which does not wait for them', async () => {
    const heard = await listen(port, basic('viewer'));
    await heard.until(/id: /);
    const ended = once(heard.response, 'end');
    await rig.app.close();
    await ended;
    expect(rig.live.clients()).toBe(0);
  });

  it('answer no HEAD, which nobody would read to its end', async () => {
    const answer = await rig.app.inject({ method: 'HEAD', url: '/api/v1/events', headers: basic('viewer') });
    expect(answer.statusCode).toBe(404);
    expect(rig.live.clients()).toBe(0);
  });
});

describe('a slow client', () => {
  it('holds no more than its buffer, misses events, and is told so when it reads again', async () => {
    const hub = createLiveHub({ latest: createLatestValues(), heartbeatMs: 60_000, bufferBytes: 2_000 });
    const stream = hub.connect({ allowed: () => true });
    for (let n = 0; n < 10_000; n++) hub.ticketChanged({ id: `T-${n}`, state: 'open' });
    expect(stream.readableLength).toBeLessThan(3_000);
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    while (!text.includes('event: sync')) await once(stream, 'data');
    expect(text).toContain('"id":"T-0"');
    expect(text).not.toContain('"id":"T-9999"');
    hub.ticketChanged({ id: 'T-10001', state: 'open' });
    while (!text.includes('T-10001')) await once(stream, 'data');
    hub.close();
    expect(hub.clients()).toBe(0);
  });

  it('that takes nothing for four heartbeats is let go', async () => {
    const hub = createLiveHub({ latest: createLatestValues(), heartbeatMs: 5, bufferBytes: 100 });
    const stream = hub.connect({ allowed: () => true });
    for (let n = 0; n < 100; n++) hub.ticketChanged({ id: `T-${n}`, state: 'open' });
    await once(stream, 'close');
    expect(hub.clients()).toBe(0);
  });
});
