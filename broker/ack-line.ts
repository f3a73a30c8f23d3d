type Done = (error?: Error) => void;

/** Lets acknowledgements of one client leave in the order of its messages, whichever is durable first. */
export interface AckLine {
  add(outcome: Promise<void>, done: Done): void;
}

/** Neighbours that wait for the same commit stand on one place. */
interface Place {
  readonly outcome: Promise<void>;
  readonly dones: Done[];
  settled: boolean;
  error: Error | undefined;
}

/** MQTT 3.1.1, 4.6: PUBACKs are sent in the order in which the PUBLISHes were received. */
export function ackLine(): AckLine {
  const places: Place[] = [];
  let next = 0;
  const settle = (place: Place, error?: Error): void => {
    place.settled = true;
    place.error = error;
    while (next < places.length && places[next]!.settled) {
      const { dones, error: reason } = places[next++]!;
      for (const done of dones) done(reason);
    }
    if (next === places.length) {
      places.length = 0;
      next = 0;
    }
  };
  return {
    add: (outcome, done) => {
      const last = places.at(-1);
      if (last?.outcome === outcome && !last.settled) {
        last.dones.push(done);
        return;
      }
      const place: Place = { outcome, dones: [done], settled: false, error: undefined };
      places.push(place);
      outcome.then(
        () => settle(place),
        (reason: unknown) => settle(place, reason instanceof Error ? reason : new Error(String(reason))),
      );
    },
  };
}
