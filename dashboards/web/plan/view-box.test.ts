import fc from 'fast-check';
import { expect, test } from 'vitest';
import { around, fitTo, lookAt, panBy, zoomAt } from './view-box.ts';

const screen = { w: 800, h: 400 };
const fit = fitTo({ w: 200, h: 100 }, screen);
const inPlan = fc.record({
  x: fc.double({ min: 0, max: 200, noNaN: true }),
  y: fc.double({ min: 0, max: 100, noNaN: true }),
});

test('the fit shows the whole plan in the shape of the screen', () => {
  expect(fit.w / fit.h).toBeCloseTo(2);
  expect(fit.x).toBeLessThanOrEqual(-6);
  expect(fit.y).toBeLessThanOrEqual(-6);
  expect(fit.w).toBeGreaterThanOrEqual(212);
});

test('a tall screen widens the view downwards, never cuts', () => {
  const view = around({ x: 10, y: 10, w: 40, h: 10 }, { w: 300, h: 600 });
  expect(view).toEqual({ x: 10, y: -25, w: 40, h: 80 });
});

test('however it is zoomed and panned, the view stays inside the plan and keeps its shape', () => {
  const step = fc.oneof(
    fc.record({ point: inPlan, factor: fc.double({ min: 0.1, max: 5, noNaN: true }) }),
    fc.record({
      dx: fc.double({ min: -500, max: 500, noNaN: true }),
      dy: fc.double({ min: -500, max: 500, noNaN: true }),
    }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let view = fit;
      for (const s of steps) {
        view = 'factor' in s ? zoomAt(view, fit, s.point, s.factor) : panBy(view, fit, s.dx, s.dy);
      }
      expect(view.w / view.h).toBeCloseTo(2, 6);
      expect(view.x).toBeGreaterThanOrEqual(fit.x - 1e-9);
      expect(view.x + view.w).toBeLessThanOrEqual(fit.x + fit.w + 1e-9);
      expect(view.y + view.h).toBeLessThanOrEqual(fit.y + fit.h + 1e-9);
      expect(view.w).toBeGreaterThanOrEqual(18 - 1e-9);
    }),
  );
});

test('zooming keeps the point under the finger', () => {
  const near = zoomAt(fit, fit, { x: 100, y: 50 }, 0.5);
  const share = (view: typeof fit) => (100 - view.x) / view.w;
  expect(share(near)).toBeCloseTo(share(fit));
});

test('looking at an asset comes near and shows it', () => {
  fc.assert(
    fc.property(inPlan, (point) => {
      const view = lookAt(fit, fit, point);
      expect(view.w).toBeLessThan(fit.w / 2);
      expect(point.x).toBeGreaterThanOrEqual(view.x);
      expect(point.x).toBeLessThanOrEqual(view.x + view.w);
    }),
  );
});
