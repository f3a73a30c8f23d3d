import { expect, test } from 'vitest';
import { bayShapes, labelPlace, nearest, nextTowards, roomsOf } from './geometry.ts';

const at = (id: string, x_m: number, y_m: number) => ({ id, x_m, y_m });

test('bays lie across their row', () => {
  const shapes = bayShapes([at('a', 0, 0), at('b', 2.5, 0), at('c', 5, 0), at('d', 40, 0), at('e', 40, 3)]);
  expect(shapes.get('b')).toEqual({ w: 2.25, h: 4.5 });
  expect(shapes.get('d')).toEqual({ w: 4.8, h: 2.4 });
});

test('crowded bays shrink instead of covering each other, a lonely one keeps its size', () => {
  const shapes = bayShapes([at('a', 0, 0), at('b', 1, 0), at('c', 100, 100)]);
  expect(shapes.get('a')?.w).toBeCloseTo(0.9);
  expect(shapes.get('c')).toEqual({ w: 2.4, h: 4.8 });
});

test('pictures have half the way to their nearest neighbour', () => {
  const rooms = roomsOf([at('a', 0, 0), at('b', 4, 0), at('c', 40, 0)]);
  expect([...rooms.values()]).toEqual([2, 2, 18]);
  expect(roomsOf([at('alone', 0, 0)]).get('alone')).toBeGreaterThan(1e6);
});

test('a finger finds the nearest asset within its reach', () => {
  const assets = [at('a', 0, 0), at('b', 3, 0)];
  expect(nearest(assets, 2, 0, 2)?.id).toBe('b');
  expect(nearest(assets, 20, 0, 2)).toBeUndefined();
});

test('arrows go straight ahead, and stay where nothing lies that way', () => {
  const from = at('a', 0, 0);
  const assets = [from, at('aside', 1, 9), at('ahead', 5, 1), at('far', 50, 0), at('below', 0, 4)];
  expect(nextTowards(assets, from, 'right')?.id).toBe('ahead');
  expect(nextTowards(assets, from, 'down')?.id).toBe('below');
  expect(nextTowards(assets, from, 'left')).toBeUndefined();
});

test("a zone's name goes to its upper left corner", () => {
  expect(
    labelPlace([
      [10, 5],
      [60, 5],
      [60, 40],
      [10, 40],
    ]),
  ).toEqual({ x: 10, y: 5 });
});
