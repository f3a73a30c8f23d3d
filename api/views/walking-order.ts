interface Place {
  readonly x_m: number;
  readonly y_m: number;
}

const squared = (a: Place, b: Place): number => (a.x_m - b.x_m) ** 2 + (a.y_m - b.y_m) ** 2;

/** Always on to the nearest that is left, beginning at the one nearest to the plan's upper left corner. */
export function walkingOrder<T extends Place>(places: readonly T[]): T[] {
  const left = [...places];
  const way: T[] = [];
  let here: Place = { x_m: 0, y_m: 0 };
  while (left.length > 0) {
    let best = 0;
    for (let i = 1; i < left.length; i++) {
      if (squared(here, left[i]!) < squared(here, left[best]!)) best = i;
    }
    const [next] = left.splice(best, 1);
    way.push(next!);
    here = next!;
  }
  return way;
}
