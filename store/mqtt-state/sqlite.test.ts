import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../model/log.ts';
import type { KeptMessage, MqttState } from './contract.ts';
import { openSqliteMqttState } from './sqlite.ts';

let dir: string;
let state: MqttState;
const file = (): string => join(dir, 'broker.sqlite');
const open = (log = silentLog): MqttState => openSqliteMqttState({ file: file(), log });
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'steward-mqtt-state-'));
  state = open();
});
afterEach(async () => {
  await state.close();
  rmSync(dir, { recursive: true });
});

/** What another process finds after this one ended without a word. */
function found() {
  const other = open();
  const content = other.load();
  void other.close();
  return content;
}

const message = (client: string, place: number, more: Partial<KeptMessage> = {}): KeptMessage => ({
  client,
  place,
  topic: 'site/a',
  payload: Buffer.from([0, 255, place]),
  qos: 1,
  retain: false,
  messageId: 0,
  released: false,
  ...more,
});
const session = (client: string, seen = 1) => ({ client, user: 'ann', seen, filters: [['a/#', 1] as const] });

describe('the state of the broker', () => {
  it('is found as it was left', async () => {
    const retained = { topic: 'site/ü', payload: Buffer.alloc(0), qos: 0 };
    const sent = message('ann\nb', 2, { qos: 2, retain: true, messageId: 65_535, released: true });
    state.putSession(session('ann\nb', 1_700_000_000_000));
    state.putMessage(sent);
    state.putMessage(message('ann\nb', 1, { payload: Buffer.alloc(0) }));
    state.putRetained(retained);
    state.putHalfway({ client: 'ann\nb', messageId: 7 });
    await state.written();
    expect(found()).toEqual({
      sessions: [session('ann\nb', 1_700_000_000_000)],
      messages: [message('ann\nb', 1, { payload: Buffer.alloc(0) }), sent],
      retained: [retained],
      halfway: [{ client: 'ann\nb', messageId: 7 }],
    });
  });

  it('forgets what was taken away, in this batch or an earlier one', async () => {
    for (const place of [1, 2]) state.putMessage(message('c', place));
    state.putRetained({ topic: 't', payload: Buffer.from('x'), qos: 1 });
    state.putHalfway({ client: 'c', messageId: 7 });
    state.deleteMessage('c', 1);
    await state.written();
    expect(found().messages).toEqual([message('c', 2)]);
    state.deleteMessage('c', 2);
    state.deleteRetained('t');
    state.deleteHalfway({ client: 'c', messageId: 7 });
    await state.written();
    expect(found()).toEqual({ sessions: [], messages: [], retained: [], halfway: [] });
  });

  it('loses a deleted session with all that it had, and no other whose name ends alike', async () => {
    for (const client of ['b', 'a b']) {
      state.putSession(session(client));
      state.putMessage(message(client, 1));
      state.putHalfway({ client, messageId: 3 });
    }
    await state.written();
    for (const client of ['b', 'a b']) state.putMessage(message(client, 2));
    state.deleteSession('b');
    state.putSession(session('b', 5));
    await state.written();
    expect(found()).toMatchObject({
      sessions: [session('a b'), session('b', 5)],
      messages: [message('a b', 1), message('a b', 2)],
      halfway: [{ client: 'a b', messageId: 3 }],
    });
  });

  it('that is damaged is moved aside and begins anew, and the log says so', async () => {
    await state.close();
    writeFileSync(file(), 'no database, but long enough to be read as the header of one '.repeat(20));
    const told: object[] = [];
    state = open({ ...silentLog, error: (fields) => told.push(fields) });
    expect(told).toMatchObject([{ code: 'data_corrupt', aside: `${file()}.damaged` }]);
    state.putSession(session('c'));
    await state.written();
    expect(found().sessions).toEqual([session('c')]);
  });

  it('in a folder that is not there cannot be opened', () => {
    expect(() => openSqliteMqttState({ file: join(dir, 'none', 'x'), log: silentLog })).toThrow(
      expect.objectContaining({ code: 'data_unwritable' }),
    );
  });
});
