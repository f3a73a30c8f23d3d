/** Runs tasks one after the other, in the order of the calls; one that fails does not stop the next. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

/** An empty queue. A task must not wait for a later task of the same queue. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}
