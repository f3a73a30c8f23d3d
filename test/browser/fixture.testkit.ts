import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Code } from '../../model/codes.ts';
import type { BacktestRequest, BacktestView } from '../../model/views/backtest.ts';
import type { LiveEvent } from '../../model/views/event.ts';
import type { ListView } from '../../model/views/list.ts';
import type { SessionRequest, SessionView } from '../../model/views/session.ts';
import type { AssetView } from '../../model/views/site.ts';
import type { TicketActionRequest, TicketDetailView } from '../../model/views/ticket.ts';
import type { QuarantineView, ReplayRequest, ReplayView, RuleDetailView } from '../../model/views/watch.ts';
import {
  ailingAssets,
  devices,
  problem,
  readings,
  rejectedMessages,
  whyDry,
} from './fixture-answers.testkit.ts';
import {
  begunBacktest,
  doneBacktest,
  furtherBacktest,
  mistakeIn,
  RULES,
} from './fixture-backtest.testkit.ts';
import { body, json, listen, servePage } from './fixture-http.testkit.ts';
import { parkingView, siteView, zoneViews } from './fixture-site.testkit.ts';
import { actOn, fixtureTickets } from './fixture-tickets.testkit.ts';

/** The API's answers in states that are hard to bring the real app into. Typed by the views, so it cannot drift. */
export interface Fixture {
  readonly url: string;
  signedIn: boolean;
  assets: Map<string, AssetView>;
  tickets: Map<string, TicketDetailView>;
  quarantine: readonly QuarantineView[];
  rules: readonly RuleDetailView[];
  /** The one that is there; each look at it brings it a step further. */
  backtest: BacktestView | undefined;
  /** Paths (without `/api/v1`) that answer with a problem. */
  readonly failing: Map<string, Code>;
  readonly actions: TicketActionRequest[];
  /** Open lines of events. */
  lines(): number;
  emit(event: LiveEvent): void;
  /** Breaks the lines of events and refuses new ones until `mend`. */
  breakLines(): void;
  mendLines(): void;
  reset(): void;
  close(): Promise<void>;
}

function list<T>(items: Iterable<T>): ListView<T> {
  return { items: [...items], next: null };
}

const WHO: SessionView = { user: 'mateo', name: 'Mateo Silva', role: 'staff' };
const PASSWORD = 'correct-horse';

type State = Omit<Fixture, 'url' | 'close'> & { readonly open: Set<ServerResponse>; broken: boolean };

function stateOf(): State {
  const open = new Set<ServerResponse>();
  const state: State = {
    open,
    broken: false,
    signedIn: true,
    assets: new Map(),
    tickets: new Map(),
    quarantine: [],
    rules: RULES,
    backtest: undefined,
    failing: new Map(),
    actions: [],
    lines: () => open.size,
    emit: ({ type, ...data }) => {
      for (const line of open) line.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    breakLines: () => {
      state.broken = true;
      for (const line of open) line.destroy();
    },
    mendLines: () => {
      state.broken = false;
    },
    reset: () => {
      const now = Date.now();
      state.broken = false;
      state.signedIn = true;
      state.assets = ailingAssets(now);
      state.tickets = fixtureTickets(now);
      state.quarantine = rejectedMessages(now);
      state.rules = RULES;
      state.backtest = doneBacktest(now);
      state.failing.clear();
      state.actions.length = 0;
    },
  };
  state.reset();
  return state;
}

function openLine(state: State, response: ServerResponse): void {
  if (state.broken) {
    response.destroy();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 3000\n\n');
  state.open.add(response);
  response.on('close', () => state.open.delete(response));
}

/** Ids are the cursors here. */
function pageOf(items: readonly QuarantineView[], query: URLSearchParams): ListView<QuarantineView> {
  const before = Number(query.get('cursor') ?? Number.POSITIVE_INFINITY);
  const limit = Number(query.get('limit'));
  const rest = items.filter(({ id }) => id < before).sort((a, b) => b.id - a.id);
  const page = rest.slice(0, limit);
  return { items: page, next: rest.length > limit ? String(page.at(-1)?.id) : null };
}

/** Accepts what is asked for, except what is no JSON. */
function replay(state: State, { ids = [] }: ReplayRequest): ReplayView {
  const broken = new Set(
    state.quarantine.filter(({ code }) => code === 'payload_not_json').map(({ id }) => id),
  );
  state.quarantine = state.quarantine.filter(({ id }) => broken.has(id) || !ids.includes(id));
  const items = ids.map((id) =>
    broken.has(id)
      ? { id, outcome: 'rejected' as const, code: 'payload_not_json', detail: 'position 11: still no JSON' }
      : { id, outcome: 'accepted' as const, code: null, detail: '' },
  );
  return { items, left: 0 };
}

/** What GET answers; undefined when there is no such thing. */
function answer(state: State, path: string, query: URLSearchParams): unknown {
  const [, folder, id, part] = path.split('/');
  const asset = state.assets.get(id ?? '');
  if (path === '/session') return WHO;
  if (path === '/sites') return list([siteView()]);
  if (path === '/zones') return list(zoneViews());
  if (path === '/assets') return list(state.assets.values());
  if (folder === 'assets' && part === 'readings') return asset && readings(asset, query);
  if (folder === 'assets' && part === 'why') return asset && list(whyDry(asset));
  if (folder === 'assets') return asset;
  if (path === '/tickets') {
    const states = (query.get('state') ?? '').split(',');
    return list([...state.tickets.values()].filter((ticket) => states.includes(ticket.state)));
  }
  if (folder === 'tickets') return state.tickets.get(id ?? '');
  if (path === '/parking') return parkingView(Date.now(), state.assets);
  if (path === '/quarantine') return pageOf(state.quarantine, query);
  if (path === '/rules') return list(state.rules);
  if (folder === 'rules') return state.rules.find(({ rule }) => rule === id);
  if (folder === 'backtests') {
    const shown = state.backtest;
    state.backtest &&= furtherBacktest(state.backtest, Date.now());
    return shown;
  }
  if (path === '/devices') return list(devices(state.assets.values()));
  return undefined;
}

function act(state: State, id: string, request: TicketActionRequest, response: ServerResponse): void {
  state.actions.push(request);
  const ticket = state.tickets.get(id);
  const after = ticket && actOn(ticket, request, Date.now());
  if (!after) {
    json(response, problem('action_impossible', `${id} cannot be taken there now.`), 409);
    return;
  }
  state.tickets.set(id, after);
  json(response, after);
}

function askBacktest(state: State, request: BacktestRequest, response: ServerResponse): void {
  const mistake = mistakeIn(request.rules);
  if (mistake !== undefined) {
    json(response, problem('rule_invalid', mistake), 422);
    return;
  }
  state.backtest = begunBacktest(request, Date.now());
  json(response, state.backtest, 202);
}

async function signing(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'DELETE') {
    state.signedIn = false;
    response.writeHead(204).end();
    return;
  }
  const given = JSON.parse(await body(request)) as SessionRequest;
  state.signedIn = given.user === WHO.user && given.password === PASSWORD;
  if (state.signedIn) json(response, WHO);
  else json(response, problem('sign_in_refused', 'The name or the password is wrong.'), 401);
}

async function serveApi(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  const path = url.pathname.slice('/api/v1'.length);
  const failing = state.failing.get(path);
  if (failing) {
    const told = problem(failing, 'The fixture was told to fail here.');
    json(response, told, told.status);
  } else if (path === '/session' && request.method !== 'GET') await signing(state, request, response);
  else if (path !== '/parking' && !state.signedIn)
    json(response, problem('not_signed_in', 'Sign in first.'), 401);
  else if (path === '/events') openLine(state, response);
  else if (path === '/quarantine/replay')
    json(response, replay(state, JSON.parse(await body(request)) as ReplayRequest));
  else if (path === '/backtests')
    askBacktest(state, JSON.parse(await body(request)) as BacktestRequest, response);
  else if (path.startsWith('/backtests/') && request.method === 'DELETE') {
    state.backtest = undefined;
    response.writeHead(204).end();
  } else if (request.method === 'POST') {
    act(state, path.split('/')[2] ?? '', JSON.parse(await body(request)) as TicketActionRequest, response);
  } else {
    const found = answer(state, path, url.searchParams);
    if (found === undefined) json(response, problem('not_found', `There is no ${path}.`), 404);
    else json(response, found);
  }
}

/** Serves the built pages of a folder and their API on a free loopback port. */
export async function startFixture(pages: string): Promise<Fixture> {
  const state = stateOf();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fixture');
    if (!pathname.startsWith('/api/v1/')) servePage(response, pages, pathname);
    else {
      serveApi(state, request, response).catch((error: unknown) => {
        json(response, problem('internal', String(error)), 500);
      });
    }
  });
  const url = await listen(server);
  return Object.assign(state, {
    url,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
