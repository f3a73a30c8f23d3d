type Done = (error?: Error) => void;

/** Neighbours that wait for the same commit stand on one place. */
interface Place {
  readonly outcome: Promise<void>;
  readonly dones: Done[];
  settled: boolean;
  error: Error | undefined;
}

/** Lets acknowledgements of one client leave in the order of its messages, whichever is durable first. */
export interface AckLine {
  readonly places: Place[];
  next: number;
}

export function ackLine(): AckLine {
  return { places: [], next: 0 };
}

function settle(line: AckLine, place: Place, error?: Error): void {
  const { places } = line;
  place.settled = true;
  place.error = error;
  while (line.next < places.length && places[line.next]!.settled) {
    const { dones, error: reason } = places[line.next++]!;
    for (const done of dones) done(reason);
  }
  if (line.next === places.length) {
    places.length = 0;
    line.next = 0;
  }
}

/** MQTT 3.1.1, 4.6: PUBACKs are sent in the order in which the PUBLISHes were received. */
export function standInLine(line: AckLine, outcome: Promise<void>, done: Done): void {
  const last = line.places.at(-1);
  if (last?.outcome === outcome && !last.settled) {
    last.dones.push(done);
    return;
  }
  const place: Place = { outcome, dones: [done], settled: false, error: undefined };
  line.places.push(place);
  outcome.then(
    () => settle(line, place),
    (reason: unknown) => settle(line, place, reason instanceof Error ? reason : new Error(String(reason))),
  );
}
