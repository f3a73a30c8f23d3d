import type { JSX } from 'preact';
import type { AssetView } from '../../../model/views/site.ts';
import type { TicketView } from '../../../model/views/ticket.ts';
import { count } from '../core/words.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { figuresOf } from './condition.ts';

function Tile(props: {
  icon: IconName;
  label: string;
  value: number;
  of?: number;
  foot: string;
  alarm?: boolean;
  href: string;
}): JSX.Element {
  const { icon, label, value, of, foot, alarm = false, href } = props;
  return (
    <a class="tile" href={href}>
      <span class="tile-label">
        <Icon name={icon} size={18} />
        {label}
      </span>
      <span class="tile-value">
        {value}
        {of !== undefined && <small> of {of}</small>}
      </span>
      <span class={alarm ? 'tile-foot tile-alarm' : 'tile-foot'}>{foot}</span>
    </a>
  );
}

/** The four numbers that are asked for first. */
export function Tiles(props: { assets: readonly AssetView[]; tickets: readonly TicketView[] }): JSX.Element {
  const figures = figuresOf(props.assets);
  const overdue = props.tickets.filter((ticket) => ticket.overdue).length;
  const ailing = (n: number): string => (n === 0 ? 'none ailing' : `${n} with a fault`);
  return (
    <section class="tiles" aria-label="At a glance">
      <Tile
        icon="bay"
        label="Free bays"
        value={figures.free}
        of={figures.bays}
        foot={`${figures.bays === 0 ? 0 : Math.round((100 * (figures.bays - figures.free)) / figures.bays)} % in use`}
        href="/parking"
      />
      <Tile
        icon="luminaire"
        label="Lamps lit"
        value={figures.lit}
        of={figures.lamps}
        foot={ailing(figures.lampsAiling)}
        alarm={figures.lampsAiling > 0}
        href="/?kind=luminaire"
      />
      <Tile
        icon="pump"
        label="Pumps running"
        value={figures.running}
        of={figures.pumps}
        foot={ailing(figures.pumpsAiling)}
        alarm={figures.pumpsAiling > 0}
        href="/?kind=pump"
      />
      <Tile
        icon="tickets"
        label="Open tickets"
        value={props.tickets.length}
        foot={overdue === 0 ? 'none overdue' : `${count(overdue, 'overdue', 'overdue')}`}
        alarm={overdue > 0}
        href="/tickets"
      />
    </section>
  );
}
