import { type Store, storeOf } from './store.ts';

export interface Location {
  readonly path: string;
  readonly query: URLSearchParams;
}

function here(): Location {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

export const location: Store<Location> = storeOf(here());

/** Goes to a page of Steward. `replace` leaves no step in the history: filters, redirects. */
export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === window.location.pathname + window.location.search) return;
  if (how === 'push') window.history.pushState(null, '', to);
  else window.history.replaceState(null, '', to);
  location.set(here());
}

/** The same page with some of the query's members changed; an empty value takes its member away. */
export function setQuery(changes: Readonly<Record<string, string>>): void {
  const { path, query } = location.get();
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  navigate(text === '' ? path : `${path}?${text}`, 'replace');
}

function followed(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  const href = link?.getAttribute('href');
  if (!href?.startsWith('/') || href.startsWith('/api/') || link?.hasAttribute('download')) return;
  event.preventDefault();
  navigate(href);
}

/** Plain links become steps of the history without loading the page again. Returns how to stop. */
export function startRouter(): () => void {
  const moved = (): void => location.set(here());
  document.addEventListener('click', followed);
  window.addEventListener('popstate', moved);
  return () => {
    document.removeEventListener('click', followed);
    window.removeEventListener('popstate', moved);
  };
}
