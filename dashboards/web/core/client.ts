import type { ListView, ProblemView } from '../../../model/views/list.ts';
import { hearServerTime } from './server-clock.ts';

const ROOT = '/api/v1';

/** What the server, or the way to it, said instead of an answer. */
export class ApiError extends Error {
  readonly problem: ProblemView;

  constructor(problem: ProblemView) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

function problemOf(title: string, detail: string, status: number, code: string): ProblemView {
  return { type: 'about:blank', title, detail, status, code, instance: '' };
}

/** Any thrown thing as problem details, for people. */
export function asProblem(error: unknown): ProblemView {
  if (error instanceof ApiError) return error.problem;
  return problemOf('This page made a mistake', String(error), 0, 'internal');
}

function isProblem(body: unknown): body is ProblemView {
  return typeof body === 'object' && body !== null && 'detail' in body && 'code' in body;
}

let signedOut: () => void = () => {};

/** What to do when the server no longer knows who asks. */
export function onSignedOut(then: () => void): void {
  signedOut = then;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(ROOT + path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(
      problemOf(
        'Steward does not answer',
        'Check the connection; the page tries again by itself.',
        0,
        'unreachable',
      ),
    );
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  hearServerTime(response.headers.get('date'));
  if (response.status === 204) return undefined as T;
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const problem = isProblem(body)
    ? body
    : problemOf('Unexpected answer', `Steward answered ${response.status}.`, response.status, 'internal');
  if (response.status === 401 && problem.code !== 'sign_in_refused') signedOut();
  throw new ApiError(problem);
}

/** Throws ApiError, or the AbortError of its signal. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(
    await ask(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) }),
  );
}

/** Throws ApiError. */
export async function send<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  return answerOf<T>(
    await ask(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  );
}

/** Every item of a list, page after page, `pagesMax` pages at most. */
export async function getAll<T>(path: string, signal?: AbortSignal, pagesMax = 50): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const joint = path.includes('?') ? '&' : '?';
    const at: string = cursor === null ? path : `${path}${joint}cursor=${encodeURIComponent(cursor)}`;
    const list: ListView<T> = await get<ListView<T>>(at, signal);
    items.push(...list.items);
    cursor = list.next;
    if (cursor === null) break;
  }
  return items;
}
