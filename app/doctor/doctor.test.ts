import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../store/journal/journal.ts';
import { loadConfig } from '../config.ts';
import { openDataFolder } from '../data-folder.ts';
import { keptParts, rejections } from './kept.ts';
import { clockAgainst, clockAgainstFiles, diskSpace, fileRights, portFree } from './machine.ts';
import { runningParts, samples } from './running.ts';
import { seriesEngine } from './series.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const dir = mkdtempSync(join(tmpdir(), 'steward-doctor-'));
const configOf = (series: object) =>
  loadConfig({ environment: {}, flags: { data: dir, sites: ['site.yaml'], series } });

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the doctor, of the machine', () => {
  it('knows room, and a folder that cannot be written', () => {
    expect(diskSpace(dir).detail).toMatch(/^\d+\.\d GiB free \(\d+ %\)/);
    expect(fileRights(dir)).toMatchObject({ level: 'ok' });
    expect(fileRights(join(dir, 'not', 'there'))).toMatchObject({ level: 'ok' });
    expect(diskSpace('/proc/steward').level).toBe('wrong');
  });

  it('knows a clock that was set back, and one that differs from another machine', () => {
    const file = join(dir, 'written');
    writeFileSync(file, '');
    utimesSync(file, NOW / 1_000, NOW / 1_000);
    utimesSync(dir, NOW / 1_000, NOW / 1_000);
    expect(clockAgainstFiles(dir, NOW).level).toBe('ok');
    expect(clockAgainstFiles(dir, NOW - 3_600_000)).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining('the clock was set back'),
    });
    expect(clockAgainst('x', new Date(NOW).toUTCString(), NOW + 30_000)).toBeUndefined();
    expect(clockAgainst('x', null, NOW)).toBeUndefined();
    expect(clockAgainst('x', new Date(NOW).toUTCString(), NOW + 90_000)?.detail).toContain('90 s ahead of x');
    expect(clockAgainst('x', new Date(NOW).toUTCString(), NOW - 90_000)?.detail).toContain('90 s behind x');
  });

  it('knows a port that is taken, and an address that is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await portFree('mqtt', '127.0.0.1', port)).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining('something else listens there'),
    });
    server.close();
    await once(server, 'close');
    expect(await portFree('mqtt', '127.0.0.1', port)).toMatchObject({ level: 'ok' });
    expect((await portFree('mqtt', '192.0.2.1', port)).detail).toContain('no such address');
  });
});

describe('the doctor, of the series engine', () => {
  const answering = async (status: number, headers: Record<string, string>): Promise<string> => {
    const server = createHttp((_request, response) => response.writeHead(status, headers).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [found] = await seriesEngine(
      configOf({ engine: 'influx', url: `http://127.0.0.1:${port}` }),
      () => NOW,
    );
    server.close();
    return `${found?.level}: ${found?.detail}`;
  };

  it('says why it is not reached', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const at = async (url: string) => (await seriesEngine(configOf({ engine: 'influx', url }), () => NOW))[0];
    expect(await at(`http://127.0.0.1:${port}`)).toMatchObject({
      level: 'wrong',
      detail: expect.stringContaining('nothing listens there: start InfluxDB'),
    });
    expect((await at('influx:8086'))?.level).toBe('wrong');
    expect(await answering(500, {})).toMatch(/^wrong: .* answers 500 to \/ping: is that InfluxDB\?$/);
  });

  it('compares its clock with ours', async () => {
    const server = createHttp((_request, response) =>
      response.writeHead(204, { date: new Date(NOW - 600_000).toUTCString() }).end(),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const found = await seriesEngine(
      configOf({ engine: 'influx', url: `http://127.0.0.1:${port}` }),
      () => NOW,
    );
    server.close();
    expect(found.map(({ what, level }) => [what, level])).toEqual([
      ['series', 'ok'],
      ['clock', 'wrong'],
    ]);
  });
});

describe('the doctor, of Steward', () => {
  it('tells what was rejected most, with what to do', () => {
    expect(rejections({})).toMatchObject({ level: 'ok' });
    expect(rejections({ asset_unknown: 3, payload_not_json: 70 }).detail.split('\n')).toEqual([
      expect.stringMatching(/^70 × payload_not_json: .*Send one JSON object/),
      expect.stringMatching(/^3 × asset_unknown: /),
    ]);
  });

  it('reads figures as /metrics writes them', () => {
    const text = '# HELP a x\na 3\nb{code="x"} 1\nb{code="y"} 2\nab 4\n';
    expect([...samples(text, 'a')]).toEqual([['', 3]]);
    expect([...samples(text, 'b')]).toEqual([
      ['x', 1],
      ['y', 2],
    ]);
  });

  it('knows one that was killed, and one that does not answer', async () => {
    const at = { http_url: 'http://127.0.0.1:1', mqtt_url: '' };
    expect((await runningParts({ ...at, pid: 2 ** 22 - 1 }))[0]?.detail).toContain('it was killed');
    expect((await runningParts({ ...at, pid: process.pid }))[0]?.detail).toContain('does not answer');
  });

  it('looks into the folder of one that does not run, and keeps off one in use', async () => {
    const config = configOf({});
    expect(await keptParts(config)).toMatchObject([{ detail: expect.stringContaining('has never run') }]);
    const folder = openDataFolder(dir);
    const journal = await openJournal({ dir: folder.at('journal') });
    journal.cursor('series');
    const point = { measurement: 'pump', tags: { asset: 'p' }, ts: 1, fields: { power_w: 1 } };
    await journal.append([{ type: 'point', point }]);
    await journal.close();
    expect(await keptParts(config)).toMatchObject([{ what: 'steward', level: 'wrong' }]);
    folder.close();
    const found = await keptParts(config);
    expect(found.find(({ what }) => what === 'waiting')).toMatchObject({
      level: 'ok',
      detail: expect.stringContaining('1 entries wait'),
    });
    expect(found.find(({ what }) => what === 'journal')).toMatchObject({
      level: 'ok',
      detail: '1 entries in its files are whole',
    });
  });
});
