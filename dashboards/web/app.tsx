import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PersonView } from '../../model/views/site.ts';
import { keepLive, reload } from './core/keep-live.ts';
import { location } from './core/router.ts';
import { useStore } from './core/store.ts';
import { type World, world } from './core/world.ts';
import { DevicesPage } from './installer/devices-page.tsx';
import { QuarantinePage } from './installer/quarantine-page.tsx';
import { ParkingPage } from './parking/parking-page.tsx';
import { Empty, ProblemNote, Skeleton } from './parts/feedback.tsx';
import { PageHead } from './parts/page-head.tsx';
import { PlanPage } from './plan/plan-page.tsx';
import { RulePage } from './rule/rule-page.tsx';
import { RulesPage } from './rule/rules-page.tsx';
import { session, startSession } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { Shell } from './shell.tsx';
import { TicketsPage } from './ticket/list-page.tsx';
import { TicketPage } from './ticket/ticket-page.tsx';

function Waiting(): JSX.Element {
  return (
    <main class="page">
      <Skeleton lines={5} tall />
    </main>
  );
}

/** The part of a path after its folder: `/tickets/T-1` → `T-1`. */
function below(path: string, folder: string): string | null {
  if (!path.startsWith(`${folder}/`)) return null;
  try {
    return decodeURIComponent(path.slice(folder.length + 1));
  } catch {
    return null;
  }
}

function Page({ path, now, me }: { path: string; now: World; me: PersonView }): JSX.Element {
  const tz = now.sites[0]?.tz ?? 'UTC';
  const ticket = below(path, '/tickets');
  const asset = below(path, '/asset');
  const rule = below(path, '/rules');
  if (path === '/' || asset !== null) return <PlanPage now={now} asset={asset} />;
  if (ticket !== null) return <TicketPage key={ticket} now={now} id={ticket} me={me} />;
  if (path === '/tickets') return <TicketsPage now={now} me={me.id} />;
  if (rule !== null) return <RulePage key={rule} name={rule} now={now} />;
  if (path === '/rules') return <RulesPage />;
  if (path === '/quarantine') return <QuarantinePage tz={tz} />;
  if (path === '/devices') return <DevicesPage now={now} tz={tz} />;
  return (
    <main class="page">
      <PageHead title="No such page" />
      <Empty title="Nothing is here">
        <a href="/">To the plan</a>
      </Empty>
    </main>
  );
}

function SignedIn({ path, me }: { path: string; me: PersonView }): JSX.Element {
  const now = useStore(world);
  if (path === '/parking') return <ParkingPage />;
  if (now.loaded) return <Page path={path} now={now} me={me} />;
  if (!now.problem) return <Waiting />;
  return (
    <main class="page">
      <ProblemNote problem={now.problem} again={reload} />
    </main>
  );
}

export function App(): JSX.Element {
  const { path } = useStore(location);
  const now = useStore(session);
  const { connection, tickets } = useStore(world);
  const who = now.state === 'signed_in' ? now.who : null;
  useEffect(() => (who ? keepLive() : undefined), [who?.user]);
  const page = (): JSX.Element => {
    if (who) return <SignedIn path={path} me={{ id: who.user, name: who.name }} />;
    if (path === '/parking') return <ParkingPage />;
    if (now.state === 'signed_out') return <SignIn expired={now.expired} />;
    if (now.state !== 'failed') return <Waiting />;
    return (
      <main class="page">
        <ProblemNote problem={now.problem} again={() => void startSession()} />
      </main>
    );
  };
  return (
    <Shell path={path} who={who} connection={who ? connection : null} openTickets={tickets.size}>
      {page()}
    </Shell>
  );
}
