import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * FAULT SERVER: not InfluxDB 2 or 3. It is SIMULATED: their HTTP calls and answers as their manuals document them, in
 * front of a real InfluxDB 1.x that keeps the points and answers the InfluxQL.
 */
export interface FaultServer {
  readonly url: string;
  /** Answers to the next writes instead of the usual one; the first goes first. */
  readonly faults: Fault[];
  /** `METHOD /path` of every request, without the query. */
  readonly calls: string[];
  readonly buckets: Map<string, Bucket>;
  /** Text of the tasks of version 2, by name. */
  readonly tasks: Map<string, string>;
  end(): Promise<void>;
}

export interface Fault {
  readonly status: number;
  readonly retryAfter?: string;
  readonly body?: string;
}

interface Bucket {
  readonly id: string;
  readonly name: string;
  readonly orgID: string;
  retentionRules: readonly { readonly everySeconds?: number }[];
  mapped: boolean;
}

export interface FaultServerOptions {
  readonly version: 2 | 3;
  /** The real InfluxDB 1.x behind. */
  readonly engine: string;
  readonly token: string;
  readonly maxBody?: number;
  /** What version 3 answers to a batch of which it stored a part; 400. */
  readonly partialStatus?: 201 | 400;
  /** Such a token may read and write, not administer. */
  readonly mayAdminister?: boolean;
}

const LINE = /^[a-z_]+(,[a-z_]+=[A-Za-z0-9_-]+)+ [a-z0-9_]+=-?[0-9.e+-]+i?(,[a-z0-9_]+=-?[0-9.e+-]+i?)* \d+$/;

interface House extends FaultServerOptions, Pick<FaultServer, 'faults' | 'calls' | 'buckets' | 'tasks'> {}
interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function startFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  const house: House = { ...options, faults: [], calls: [], buckets: new Map(), tasks: new Map() };
  const server = createServer((request, response) => {
    void respond(house, request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: house.faults,
    calls: house.calls,
    buckets: house.buckets,
    tasks: house.tasks,
    async end() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function respond(house: House, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://fault.server');
  house.calls.push(`${request.method} ${url.pathname}`);
  const open = request.headers.authorization === `Token ${house.token}`;
  const answer =
    !open && !(house.version === 2 && url.pathname === '/health')
      ? { status: 401, json: { code: 'unauthorized', message: 'unauthorized access' } }
      : await answerTo(house, request.method ?? '', url, Buffer.concat(chunks).toString());
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.json === undefined ? '' : JSON.stringify(answer.json));
}

async function answerTo(house: House, method: string, url: URL, body: string): Promise<Answer> {
  const call = `${method} ${url.pathname}`;
  if (call === 'GET /health') return { status: 200, json: { name: 'influxdb', status: 'pass' } };
  if (call === 'POST /api/v2/write') return write(house, url, body);
  if (call === 'POST /query') return query(house, new URLSearchParams(body));
  if (house.mayAdminister === false && method !== 'GET')
    return { status: 403, json: { code: 'forbidden', message: 'insufficient permissions' } };
  return house.version === 2 ? administer2(house, call, url, body) : administer3(house, call, body);
}

async function engineQuery(house: House, q: string, db = ''): Promise<unknown> {
  const body = new URLSearchParams({ q, db, epoch: 'ms' });
  return (await fetch(`${house.engine}/query`, { method: 'POST', body })).json();
}

async function addBucket(house: House, name: string, rules: Bucket['retentionRules']): Promise<Bucket> {
  await engineQuery(house, `CREATE DATABASE "${name}"`);
  const id = `b${house.buckets.size + 1}`;
  const bucket: Bucket = { id, name, orgID: 'o1', retentionRules: rules, mapped: house.version === 3 };
  house.buckets.set(name, bucket);
  return bucket;
}

async function administer2(house: House, call: string, url: URL, body: string): Promise<Answer> {
  const sent = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
  if (call === 'GET /api/v2/orgs') {
    const orgs = url.searchParams.get('org') === 'estate' ? [{ id: 'o1' }] : [];
    return { status: 200, json: { orgs } };
  }
  if (call === 'GET /api/v2/buckets') {
    const found = house.buckets.get(url.searchParams.get('name') ?? '');
    return { status: 200, json: { buckets: found === undefined ? [] : [found] } };
  }
  if (call === 'POST /api/v2/buckets')
    return {
      status: 201,
      json: await addBucket(house, String(sent['name']), sent['retentionRules'] as Bucket['retentionRules']),
    };
  if (call === 'GET /api/v2/dbrps') {
    const found = house.buckets.get(url.searchParams.get('db') ?? '');
    const content = found?.mapped ? [{ bucketID: found.id, default: true }] : [];
    return { status: 200, json: { content } };
  }
  if (call === 'GET /api/v2/tasks') {
    const name = url.searchParams.get('name') ?? '';
    return { status: 200, json: { tasks: house.tasks.has(name) ? [{ name }] : [] } };
  }
  if (call === 'POST /api/v2/tasks') {
    const flux = String(sent['flux']);
    house.tasks.set(/option task = \{name: "([^"]+)"/.exec(flux)?.[1] ?? '', flux);
    return { status: 201, json: {} };
  }
  const id = call.startsWith('PATCH') ? url.pathname.split('/').at(-1) : sent['bucketID'];
  const bucket = [...house.buckets.values()].find((each) => each.id === id);
  if (bucket === undefined) return { status: 404, json: { code: 'not found', message: 'not found' } };
  if (call === 'POST /api/v2/dbrps') bucket.mapped = true;
  else bucket.retentionRules = sent['retentionRules'] as Bucket['retentionRules'];
  return { status: 201, json: bucket };
}

async function administer3(house: House, call: string, body: string): Promise<Answer> {
  if (call !== 'POST /api/v3/configure/database') return { status: 404, json: { error: 'not found' } };
  const { db, retention_period } = JSON.parse(body) as { db: string; retention_period?: string };
  if (house.buckets.has(db)) return { status: 409, json: { error: 'database already exists' } };
  const hours = Number.parseInt(retention_period ?? '0', 10);
  await addBucket(house, db, [{ everySeconds: hours * 3_600 }]);
  return { status: 200 };
}

async function query(house: House, form: URLSearchParams): Promise<Answer> {
  const [db, q] = [form.get('db') ?? '', form.get('q') ?? ''];
  const bucket = house.buckets.get(db);
  if (bucket?.mapped !== true) return { status: 404, json: { error: `database not found: ${db}` } };
  if (house.version === 3 && q.includes(';'))
    return { status: 400, json: { error: 'must provide only one InfluxQl statement per query' } };
  return { status: 200, json: await engineQuery(house, q, db) };
}

async function toEngine(house: House, db: string, lines: string): Promise<{ ok: boolean; error: string }> {
  const target = `${house.engine}/write?${new URLSearchParams({ db, precision: 'ms' })}`;
  const answer = await fetch(target, { method: 'POST', body: lines });
  const text = await answer.text();
  return { ok: answer.ok, error: answer.ok ? '' : (JSON.parse(text) as { error: string }).error };
}

async function write(house: House, url: URL, body: string): Promise<Answer> {
  const fault = house.faults.shift();
  if (fault !== undefined) {
    const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
    const json = { code: 'fault', message: fault.body ?? 'as the test asked for' };
    return fault.status === 204 ? { status: 204 } : { status: fault.status, headers, json };
  }
  if (body.length > (house.maxBody ?? 25_000_000))
    return { status: 413, json: { code: 'request too large', message: 'points batch is too large' } };
  const name = url.searchParams.get('bucket') ?? '';
  if (!house.buckets.has(name) && house.version === 3) await addBucket(house, name, []);
  if (!house.buckets.has(name))
    return { status: 404, json: { code: 'not found', message: `bucket "${name}" not found` } };
  return house.version === 2 ? write2(house, name, body) : write3(house, name, body.split('\n'));
}

async function write2(house: House, name: string, body: string): Promise<Answer> {
  const malformed = body.split('\n').find((line) => !LINE.test(line));
  if (malformed !== undefined)
    return { status: 400, json: { code: 'invalid', message: `unable to parse '${malformed}'` } };
  const { ok, error } = await toEngine(house, name, body);
  if (ok) return { status: 204 };
  const message = `failure writing points to database: ${error}`;
  return { status: 422, json: { code: 'unprocessable entity', message } };
}

/** Version 3 stores what it can and names up to 100 of the lines that it could not store. */
async function write3(house: House, name: string, lines: readonly string[]): Promise<Answer> {
  if ((await toEngine(house, name, lines.join('\n'))).ok) return { status: 204 };
  const data: unknown[] = [];
  for (const [i, line] of lines.entries()) {
    const { ok, error } = await toEngine(house, name, line);
    if (!ok) data.push({ original_line: line, line_number: i + 1, error_message: error });
  }
  const error = 'partial write of line protocol occurred';
  return { status: house.partialStatus ?? 400, json: { error, data: data.slice(0, 100) } };
}
