import { EventEmitter, on } from 'node:events';
import { systemClock } from '../model/clock.ts';
import { type Log, silentLog } from '../model/log.ts';
import { gatewayConfigSchema } from './config.ts';
import { type Gateway, startGateway } from './gateway.ts';
import type { Profile } from './profile.ts';
import {
  configFor,
  type FaultyLine,
  faultyLine,
  profiles,
  seededPump,
  type TimingOptions,
} from './pump-controller.testkit.ts';
import { openSerialLine } from './serial-line.ts';
import { layWire, type Wire } from './wire.testkit.ts';

export interface Message {
  readonly topic: string;
  readonly reading: Readonly<Record<string, number>>;
  readonly at: number;
}

/** A wire with three pumps at its far end, and what a gateway at the near end publishes and says. */
export interface Cellar {
  readonly wire: Wire;
  /** By Modbus address: 1, 2, 3. */
  readonly pumps: ReadonlyMap<number, ReturnType<typeof seededPump>>;
  readonly messages: readonly Message[];
  line: FaultyLine;
  start(
    units: readonly number[],
    timing?: TimingOptions,
    maps?: ReadonlyMap<string, Profile>,
  ): Promise<Gateway>;
  /** The next messages of a pump from now on. */
  hear(unit: number, count?: number): Promise<readonly Message[]>;
  /** The next line of the log that has the text. */
  hearSaid(text: string): Promise<string>;
  close(): Promise<void>;
}

export function valuesOf({ reading }: Message): Record<string, number> {
  const { ts: _, ...values } = reading;
  return values;
}

function logTo(said: EventEmitter): Log {
  return {
    ...silentLog,
    info: (_, text) => said.emit('log', text),
    warn: (_, text) => said.emit('log', text),
    error: (fields, text) => said.emit('log', `${(fields as { code?: string }).code}: ${text}`),
  };
}

export async function openCellar(): Promise<Cellar> {
  const said = new EventEmitter();
  const messages: Message[] = [];
  const wire = await layWire();
  const pumps = new Map([1, 2, 3].map((unit) => [unit, seededPump(unit)]));
  let gateway: Gateway | undefined;
  const cellar: Cellar = {
    wire,
    pumps,
    messages,
    line: await faultyLine(wire, pumps),
    async start(units, timing = {}, maps = profiles) {
      gateway = await startGateway({
        config: gatewayConfigSchema.parse(configFor(wire, units, timing)),
        profiles: maps,
        open: openSerialLine,
        clock: systemClock,
        log: logTo(said),
        publish: async (topic, payload) => {
          for (const reading of [JSON.parse(payload)].flat()) {
            messages.push({ topic, reading, at: performance.now() });
          }
          said.emit('message');
        },
      });
      return gateway;
    },
    async hear(unit, count = 1) {
      const since = messages.length;
      const topicOf = `site/court/pump/pump-0${unit}/telemetry`;
      const heard = (): Message[] => messages.slice(since).filter(({ topic }) => topic === topicOf);
      for await (const _ of on(said, 'message')) if (heard().length >= count) break;
      return heard();
    },
    async hearSaid(text) {
      for await (const [line] of on(said, 'log')) if (String(line).includes(text)) return String(line);
      return '';
    },
    async close() {
      await gateway?.close();
      await cellar.line.port.close();
      await wire.close();
    },
  };
  return cellar;
}
