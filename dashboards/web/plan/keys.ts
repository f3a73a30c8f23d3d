import type { AssetView } from '../../../model/views/site.ts';
import { type Direction, nearest, nextTowards } from './geometry.ts';
import type { PlanView } from './use-view.ts';

const PAN_PX = 80;

/** What can be chosen, what is, and how to choose. */
export interface Choice {
  readonly shown: readonly AssetView[];
  readonly selected: string | null;
  readonly onSelect: (asset: string | null) => void;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

function panTowards(plan: PlanView, towards: Direction): void {
  const step = towards === 'left' || towards === 'up' ? -PAN_PX : PAN_PX;
  if (towards === 'left' || towards === 'right') plan.pan(step, 0);
  else plan.pan(0, step);
}

/** Arrows go from asset to asset, with Shift they move the view; + − 0 zoom; Escape lets go. */
export function keysOf(plan: PlanView, choice: Choice) {
  return (event: KeyboardEvent): void => {
    const towards = ARROWS[event.key];
    if (towards && event.shiftKey) panTowards(plan, towards);
    else if (towards) {
      const from = choice.shown.find((asset) => asset.id === choice.selected);
      const middle = { x: plan.view.x + plan.view.w / 2, y: plan.view.y + plan.view.h / 2 };
      const next = from
        ? nextTowards(choice.shown, from, towards)
        : nearest(choice.shown, middle.x, middle.y, Number.POSITIVE_INFINITY);
      if (next) choice.onSelect(next.id);
    } else if (event.key === '+' || event.key === '=') plan.zoom(0.7);
    else if (event.key === '-') plan.zoom(1.4);
    else if (event.key === '0') plan.reset();
    else if (event.key === 'Escape') choice.onSelect(null);
    else return;
    event.preventDefault();
  };
}
