/** Assets by the time at which they are to be looked at; equal times in the order of their places. */
export interface Wakes {
  push(at: number, asset: number): void;
  /** The earliest time; Infinity when there is none. */
  next(): number;
  /** Takes the asset of the earliest time away. */
  pop(): number;
}

/** A heap in typed arrays: millions of entries cost no objects. */
export function createWakes(): Wakes {
  let times = new Float64Array(64);
  let assets = new Int32Array(64);
  let size = 0;
  const grow = (): void => {
    const [more, moreAssets] = [new Float64Array(2 * size), new Int32Array(2 * size)];
    more.set(times);
    moreAssets.set(assets);
    times = more;
    assets = moreAssets;
  };
  const isBefore = (at: number, asset: number, i: number): boolean =>
    at < times[i]! || (at === times[i] && asset < assets[i]!);
  const put = (i: number, at: number, asset: number): void => {
    times[i] = at;
    assets[i] = asset;
  };
  const rise = (from: number, at: number, asset: number): void => {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(at, asset, parent)) break;
      put(i, times[parent]!, assets[parent]!);
      i = parent;
    }
    put(i, at, asset);
  };
  const sink = (at: number, asset: number): void => {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(times[child + 1]!, assets[child + 1]!, child)) child++;
      if (isBefore(at, asset, child)) break;
      put(i, times[child]!, assets[child]!);
      i = child;
    }
    put(i, at, asset);
  };
  return {
    push: (at, asset) => {
      if (size === times.length) grow();
      rise(size++, at, asset);
    },
    next: () => (size > 0 ? times[0]! : Number.POSITIVE_INFINITY),
    pop: () => {
      const top = assets[0]!;
      size--;
      if (size > 0) sink(times[size]!, assets[size]!);
      return top;
    },
  };
}
