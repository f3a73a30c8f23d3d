import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { FleetAnswer, FleetOrder } from './fleet-orders.ts';
import type { StewardProcess } from './steward-process.ts';

export interface FleetReport {
  readonly sent: number;
  readonly acknowledged: number;
  readonly sumPowerW: number;
  readonly perSecond: number;
  /** Time to PUBACK of so many of all messages, milliseconds. */
  latencyMs(share: number): number;
}

/** Devices in processes of their own. */
export interface Fleet {
  /** How long signing in took, milliseconds. */
  readonly connectMs: number;
  /** `mayWait`: messages of a device that may wait for their acknowledgement, at first any number. */
  publish(perSecond: number, mayWait?: number): void;
  stop(): Promise<FleetReport>;
  end(): Promise<void>;
}

async function ask(child: ChildProcess, order: FleetOrder): Promise<FleetAnswer> {
  const answered = once(child, 'message');
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the load generator ended with ${code}`);
  });
  gone.catch(() => {});
  child.send(order);
  const [answer] = await Promise.race([answered, gone]);
  return answer as FleetAnswer;
}

function reportOf(answers: readonly FleetAnswer[]): FleetReport {
  const done = answers.filter((answer) => answer.type === 'stopped');
  const sum = (value: (answer: (typeof done)[number]) => number): number =>
    done.reduce((total, answer) => total + value(answer), 0);
  const acknowledged = sum((answer) => answer.acknowledged);
  return {
    sent: sum((answer) => answer.sent),
    acknowledged,
    sumPowerW: sum((answer) => answer.sumPowerW),
    perSecond: Math.round(sum((answer) => (answer.acknowledged / answer.elapsedMs) * 1_000)),
    latencyMs: (share) => {
      let left = acknowledged * share;
      const tenths = done[0]!.latencyTenths.findIndex((_count, i) => {
        left -= sum((answer) => answer.latencyTenths[i]!);
        return left <= 0;
      });
      return tenths / 10;
    },
  };
}

/** Connects `devices` of them, shared evenly among `processes`. */
export async function startFleet(
  { mqttPort, secret }: StewardProcess,
  devices: number,
  processes: number,
): Promise<Fleet> {
  const children = Array.from({ length: processes }, () => fork(new URL('./fleet-load.js', import.meta.url)));
  const count = Math.floor(devices / processes);
  const begun = performance.now();
  await Promise.all(
    children.map((child, i) =>
      ask(child, { type: 'connect', port: mqttPort, first: 1 + i * count, count, secret, window: 50 }),
    ),
  );
  const connectMs = performance.now() - begun;
  return {
    connectMs,
    publish: (perSecond, mayWait = Number.MAX_SAFE_INTEGER) => {
      const order: FleetOrder = { type: 'publish', perSecond: perSecond / processes, mayWait };
      for (const child of children) child.send(order);
    },
    stop: async () => reportOf(await Promise.all(children.map((child) => ask(child, { type: 'stop' })))),
    end: async () => {
      await Promise.all(
        children.map(async (child) => {
          const gone = once(child, 'exit');
          child.disconnect();
          await gone;
        }),
      );
    },
  };
}
