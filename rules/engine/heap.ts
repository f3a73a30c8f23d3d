/** A queue in the order of `before`; equal items in the order in which they came. */
export interface Heap<T> {
  readonly size: number;
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
  /** In the order in which they came. */
  items(): readonly T[];
}

interface Entry<T> {
  readonly item: T;
  readonly turn: number;
}

export function createHeap<T>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  const heap: Entry<T>[] = [];
  let turns = 0;
  const before = (a: Entry<T>, b: Entry<T>): boolean =>
    isBefore(a.item, b.item) || (a.turn < b.turn && !isBefore(b.item, a.item));
  const sink = (item: Entry<T>): void => {
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, item)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = item;
  };
  return {
    get size() {
      return heap.length;
    },
    push: (pushed) => {
      const item = { item: pushed, turn: turns++ };
      let i = heap.push(item) - 1;
      while (i > 0) {
        const parent = (i - 1) >> 1;
        if (!before(item, heap[parent]!)) break;
        heap[i] = heap[parent]!;
        i = parent;
      }
      heap[i] = item;
    },
    peek: () => heap[0]?.item,
    pop: () => {
      const top = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) sink(last);
      return top?.item;
    },
    items: () => [...heap].sort((a, b) => a.turn - b.turn).map(({ item }) => item),
  };
}
