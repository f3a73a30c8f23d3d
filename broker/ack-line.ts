type Done = (error?: Error) => void;

/** A message that is acknowledged together with others of its client that stand beside it. */
export interface Together {
  acknowledge(all: readonly Together[], error?: Error): void;
}

/** Neighbours that wait for the same commit stand on one place. */
interface Place {
  readonly outcome: Promise<void>;
  readonly waiting: (Together | Done)[];
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

function answer({ waiting, error }: Place): void {
  let beside: Together[] = [];
  const leave = (): void => {
    beside[0]?.acknowledge(beside, error);
    beside = [];
  };
  for (const one of waiting) {
    if (typeof one !== 'function') beside.push(one);
    else {
      leave();
      one(error);
    }
  }
  leave();
}

function settle(line: AckLine, place: Place, error?: Error): void {
  const { places } = line;
  place.settled = true;
  place.error = error;
  while (line.next < places.length && places[line.next]!.settled) answer(places[line.next++]!);
  if (line.next === places.length) {
    places.length = 0;
    line.next = 0;
  }
}

/** MQTT 3.1.1, 4.6: PUBACKs are sent in the order in which the PUBLISHes were received. */
export function standInLine(line: AckLine, outcome: Promise<void>, message: Together | Done): void {
  const last = line.places.at(-1);
  if (last?.outcome === outcome && !last.settled) {
    last.waiting.push(message);
    return;
  }
  const place: Place = { outcome, waiting: [message], settled: false, error: undefined };
  line.places.push(place);
  outcome.then(
    () => settle(line, place),
    (reason: unknown) => settle(line, place, reason instanceof Error ? reason : new Error(String(reason))),
  );
}
