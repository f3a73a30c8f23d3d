import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** A filter that is on or off. */
export function Chip(props: {
  on: boolean;
  onClick: () => void;
  icon?: IconName;
  count?: number;
  children: ComponentChildren;
}): JSX.Element {
  const { on, onClick, icon, count, children } = props;
  return (
    <button type="button" class="chip" aria-pressed={on} onClick={onClick}>
      {icon && <Icon name={icon} size={18} />}
      {children}
      {count !== undefined && count > 0 && <span class="chip-count">{count}</span>}
    </button>
  );
}
