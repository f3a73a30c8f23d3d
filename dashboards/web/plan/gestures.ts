import { useEffect, useRef } from 'preact/hooks';
import type { PlanView } from './use-view.ts';

const TAP_PX = 8;

interface Finger {
  x: number;
  y: number;
}

function middleOf(fingers: readonly Finger[]): Finger {
  const sum = fingers.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / fingers.length, y: sum.y / fingers.length };
}

function spreadOf(fingers: readonly Finger[]): number {
  const [a, b] = fingers;
  return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
}

/** Wheel and pinch zoom, dragging pans, a tap that did not move picks. */
export function useGestures(plan: PlanView, pick: (x: number, y: number) => void): void {
  const latest = useRef({ plan, pick });
  latest.current = { plan, pick };
  const { box } = plan;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const stop = new AbortController();
    const fingers = new Map<number, Finger>();
    let moved = 0;
    const onMove = (event: PointerEvent): void => {
      const finger = fingers.get(event.pointerId);
      if (!finger) return;
      const before = [...fingers.values()].map((f) => ({ ...f }));
      finger.x = event.clientX;
      finger.y = event.clientY;
      const after = [...fingers.values()];
      const from = middleOf(before);
      const to = middleOf(after);
      moved += Math.hypot(to.x - from.x, to.y - from.y) + Math.abs(spreadOf(after) - spreadOf(before));
      if (moved < TAP_PX) return;
      const { plan: p } = latest.current;
      p.pan(from.x - to.x, from.y - to.y);
      if (after.length === 2 && spreadOf(after) > 0) {
        p.zoom(spreadOf(before) / spreadOf(after), p.toPlan(to.x, to.y));
      }
    };
    const onUp = (event: PointerEvent): void => {
      const tapped = fingers.size === 1 && moved < TAP_PX && event.type === 'pointerup';
      fingers.delete(event.pointerId);
      if (tapped) latest.current.pick(event.clientX, event.clientY);
    };
    const onDown = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      if (fingers.size === 0) moved = 0;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (event.target instanceof Element) element.setPointerCapture(event.pointerId);
    };
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { plan: p } = latest.current;
      const step = Math.max(-60, Math.min(60, event.deltaY));
      p.zoom(1.0025 ** (step * 1.6), p.toPlan(event.clientX, event.clientY));
    };
    const on = { signal: stop.signal };
    element.addEventListener('pointerdown', onDown, on);
    element.addEventListener('pointermove', onMove, on);
    element.addEventListener('pointerup', onUp, on);
    element.addEventListener('pointercancel', onUp, on);
    element.addEventListener('wheel', onWheel, { ...on, passive: false });
    return () => stop.abort();
  }, [box]);
}
