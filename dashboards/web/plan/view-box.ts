/** The part of the plan that is looked at, in metres. */
export interface ViewBox {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Size {
  readonly w: number;
  readonly h: number;
}

/** Closest look: so many metres across. */
const NEAREST_M = 18;

/** The whole plan with a margin, in the shape of the screen. */
export function fitTo(plan: Size, screen: Size, margin_m = 6): ViewBox {
  return around({ x: -margin_m, y: -margin_m, w: plan.w + 2 * margin_m, h: plan.h + 2 * margin_m }, screen);
}

/** The smallest view of the screen's shape that shows `box`, `box` in its middle. */
export function around(box: ViewBox, screen: Size): ViewBox {
  const shape = screen.w > 0 && screen.h > 0 ? screen.w / screen.h : 1;
  const w = Math.max(box.w, box.h * shape);
  const h = w / shape;
  return { x: box.x + (box.w - w) / 2, y: box.y + (box.h - h) / 2, w, h };
}

/** `factor` < 1 comes nearer; the point stays where it is on the screen. Never farther than the fit, never too near. */
export function zoomAt(
  view: ViewBox,
  fit: ViewBox,
  point: { x: number; y: number },
  factor: number,
): ViewBox {
  const w = Math.min(fit.w, Math.max(NEAREST_M, view.w * factor));
  const real = w / view.w;
  return inside(
    { x: point.x - (point.x - view.x) * real, y: point.y - (point.y - view.y) * real, w, h: view.h * real },
    fit,
  );
}

export function panBy(view: ViewBox, fit: ViewBox, dx_m: number, dy_m: number): ViewBox {
  return inside({ ...view, x: view.x + dx_m, y: view.y + dy_m }, fit);
}

/** The view centred on a point, near enough to tell neighbours apart. */
export function lookAt(view: ViewBox, fit: ViewBox, point: { x: number; y: number }): ViewBox {
  const w = Math.min(view.w, Math.max(NEAREST_M, fit.w / 3));
  const h = (view.h * w) / view.w;
  return inside({ x: point.x - w / 2, y: point.y - h / 2, w, h }, fit);
}

export function contains(view: ViewBox, point: { x: number; y: number }, margin = 0.08): boolean {
  const mx = view.w * margin;
  const my = view.h * margin;
  return (
    point.x >= view.x + mx &&
    point.x <= view.x + view.w - mx &&
    point.y >= view.y + my &&
    point.y <= view.y + view.h - my
  );
}

function inside(view: ViewBox, fit: ViewBox): ViewBox {
  const clamp = (at: number, low: number, high: number): number => Math.min(Math.max(at, low), high);
  return {
    ...view,
    x: clamp(view.x, fit.x, Math.max(fit.x, fit.x + fit.w - view.w)),
    y: clamp(view.y, fit.y, Math.max(fit.y, fit.y + fit.h - view.h)),
  };
}
