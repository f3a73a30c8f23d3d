import type { ComponentChildren, JSX } from 'preact';
import type { SessionView } from '../../model/views/session.ts';
import type { Connection } from './core/live.ts';
import { Icon, type IconName } from './parts/icon.tsx';
import { signOut } from './session/session.ts';

interface Place {
  readonly href: string;
  readonly word: string;
  readonly icon: IconName;
  readonly here: (path: string) => boolean;
}

const PLACES: readonly Place[] = [
  {
    href: '/',
    word: 'Plan',
    icon: 'plan',
    here: (path) => path === '/' || path.startsWith('/asset/'),
  },
  { href: '/tickets', word: 'Tickets', icon: 'tickets', here: (path) => path.startsWith('/tickets') },
  { href: '/parking', word: 'Parking', icon: 'parking', here: (path) => path === '/parking' },
  { href: '/rules', word: 'Rules', icon: 'rules', here: (path) => path.startsWith('/rules') },
  {
    href: '/devices',
    word: 'Devices',
    icon: 'devices',
    here: (path) => path === '/devices' || path === '/quarantine',
  },
];

const CONNECTION_WORD: Record<Connection, string> = {
  connecting: 'Connecting',
  open: 'Live',
  lost: 'Offline',
};

function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
      <rect width="32" height="32" rx="8" class="logo-ground" />
      <path d="M8 22V12l8-5 8 5v10" class="logo-house" />
      <circle cx="16" cy="19" r="4" class="logo-lamp" />
    </svg>
  );
}

function Places({ path, openTickets }: { path: string; openTickets: number }): JSX.Element {
  return (
    <nav class="places" aria-label="Pages">
      {PLACES.map(({ href, word, icon, here }) => (
        <a key={href} href={href} aria-current={here(path) ? 'page' : undefined}>
          <Icon name={icon} size={22} />
          <span>{word}</span>
          {href === '/tickets' && openTickets > 0 && (
            <span class="places-count">
              {openTickets}
              <span class="hidden"> open</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

function Account({ who }: { who: SessionView }): JSX.Element {
  return (
    <details class="account">
      <summary aria-label={`Signed in as ${who.name}`}>
        <Icon name="person" />
        <span class="account-name">{who.name}</span>
      </summary>
      <div class="account-menu">
        <p>
          <strong>{who.name}</strong>
          <br />
          <span class="soft">{who.role}</span>
        </p>
        <button type="button" class="button" onClick={() => void signOut()}>
          <Icon name="out" size={18} /> Sign out
        </button>
      </div>
    </details>
  );
}

/** What is around every page: name, places, the state of the line, who is signed in. */
export function Shell(props: {
  path: string;
  who: SessionView | null;
  connection: Connection | null;
  openTickets: number;
  children: ComponentChildren;
}): JSX.Element {
  const { path, who, connection, openTickets, children } = props;
  return (
    <div class={who ? 'shell' : 'shell shell-public'}>
      <header class="top">
        <a class="brand" href={who ? '/' : '/parking'}>
          <Logo />
          Steward
        </a>
        {who && <Places path={path} openTickets={openTickets} />}
        <div class="top-end">
          {connection && (
            <span class={`line line-${connection}`}>
              <span class="line-dot" />
              {CONNECTION_WORD[connection]}
            </span>
          )}
          {who ? (
            <Account who={who} />
          ) : (
            path === '/parking' && (
              <a class="button" href="/">
                Sign in
              </a>
            )
          )}
        </div>
      </header>
      {connection === 'lost' && (
        <p class="banner" role="status">
          No connection to Steward: what you see may be old. Trying again…
        </p>
      )}
      {children}
    </div>
  );
}
