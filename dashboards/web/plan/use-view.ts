import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { around, fitTo, lookAt, panBy, type Size, type ViewBox, zoomAt } from './view-box.ts';

export interface PlanView {
  readonly view: ViewBox;
  readonly fit: ViewBox;
  /** Metres that one screen pixel covers, in steps of a quarter, so that marks are not drawn anew at each step. */
  readonly pixel_m: number;
  readonly zoomed: boolean;
  readonly box: RefObject<HTMLDivElement | null>;
  zoom(factor: number, point?: { x: number; y: number }): void;
  pan(dx_px: number, dy_px: number): void;
  look(point: { x: number; y: number }): void;
  reset(): void;
  /** A place on the screen as a place on the plan. */
  toPlan(clientX: number, clientY: number): { x: number; y: number };
}

function coarse(pixel_m: number): number {
  return 1.25 ** Math.round(Math.log(pixel_m) / Math.log(1.25));
}

/** The view of a plan in an element that may change its size. `null` view = as much as fits. */
export function usePlanView(plan: Size, focus?: ViewBox): PlanView {
  const box = useRef<HTMLDivElement>(null);
  const [screen, setScreen] = useState<Size>({ w: 800, h: 500 });
  const [chosen, setChosen] = useState<ViewBox | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      const size = { w: element.clientWidth, h: element.clientHeight };
      setScreen((was) => (was.w === size.w && was.h === size.h ? was : size));
      // A turned phone looks at the same place.
      setChosen((was) => was && around(was, size));
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  const fit = focus ? around(focus, screen) : fitTo(plan, screen);
  const view = chosen ?? fit;
  const now = useRef({ view, fit, screen });
  now.current = { view, fit, screen };
  const toPlan = useCallback((clientX: number, clientY: number) => {
    const rect = box.current?.getBoundingClientRect();
    const { view: v } = now.current;
    if (!rect || rect.width === 0) return { x: v.x, y: v.y };
    return {
      x: v.x + ((clientX - rect.left) / rect.width) * v.w,
      y: v.y + ((clientY - rect.top) / rect.height) * v.h,
    };
  }, []);
  const zoom = useCallback((factor: number, point?: { x: number; y: number }) => {
    setChosen((was) => {
      const v = was ?? now.current.fit;
      return zoomAt(v, now.current.fit, point ?? { x: v.x + v.w / 2, y: v.y + v.h / 2 }, factor);
    });
  }, []);
  const pan = useCallback((dx_px: number, dy_px: number) => {
    setChosen((was) => {
      const v = was ?? now.current.fit;
      const m = v.w / Math.max(1, now.current.screen.w);
      return panBy(v, now.current.fit, dx_px * m, dy_px * m);
    });
  }, []);
  const look = useCallback((point: { x: number; y: number }) => {
    setChosen((was) => lookAt(was ?? now.current.fit, now.current.fit, point));
  }, []);
  const reset = useCallback(() => setChosen(null), []);
  const pixel_m = coarse(view.w / Math.max(1, screen.w));
  return { view, fit, pixel_m, zoomed: view.w < fit.w * 0.98, box, zoom, pan, look, reset, toPlan };
}
