import type { Truth } from '../firmware-sim/truth.ts';
import { MINUTE_MS } from '../model/clock.ts';
import { IMPLIED, IMPLIED_FOR_GOOD } from './implied.ts';
import { type Call, TICK_MS } from './pipeline.ts';

/** A fault that was made, and the calls that spoke of it. */
export interface Judged {
  readonly truth: Truth;
  /** Whether it had to be found: it showed itself, and early enough before the end. */
  readonly isDue: boolean;
  readonly calls: readonly Call[];
  /** Tickets beyond the first, those of single members of a group included. */
  readonly duplicates: readonly Call[];
  /** From observable to the first call, on the clock; undefined when it was not due or not found. */
  readonly delay_s: number | undefined;
}

export interface Joined {
  readonly faults: readonly Judged[];
  /** Calls that no fault explains. */
  readonly wrong: readonly Call[];
  /** Calls that a fault of another kind implies. */
  readonly implied: readonly Call[];
}

export interface JoinOptions {
  readonly truth: readonly Truth[];
  readonly calls: readonly Call[];
  readonly end: number;
  /** How long the rule waits by its own words before it says anything, ms: hold, group and lateness. */
  holdMs(rule: string): number;
  /** Reporting interval of the asset's device, ms. */
  intervalMs(asset: string): number;
}

/** How long a ticket may take by the words of its rule; the simulated clock tells it a step later at most. */
export function allowedMs({ holdMs, intervalMs }: JoinOptions, { rule, asset }: Truth): number {
  return holdMs(rule) + 2 * intervalMs(asset) + TICK_MS;
}

/** Event times are told by the devices' own clocks, which may be slow. More than this is refused, or nobody's drift. */
const CLOCK_ERROR_MS = 5 * MINUTE_MS;

/** Joins what was said with what was true. See docs/quality.md. */
export function join(options: JoinOptions): Joined {
  const { truth, calls, end } = options;
  const spans = truth.map((fault) => {
    const from = Date.parse(fault.from) - CLOCK_ERROR_MS;
    const grace = allowedMs(options, fault);
    return { fault, from, to: fault.to === null ? end : Date.parse(fault.to) + grace };
  });
  const own = new Map<Truth, Call[]>(truth.map((fault) => [fault, []]));
  const doubled = new Map<Truth, Call[]>(truth.map((fault) => [fault, []]));
  const wrong: Call[] = [];
  const implied: Call[] = [];
  for (const call of calls) {
    const near = spans.filter(({ from, to }) => call.at >= from && call.at <= to).map(({ fault }) => fault);
    const ofIt = near.find(({ rule, asset }) => rule === call.rule && asset === call.asset);
    const ofGroup = near.find(
      ({ rule, members }) => MEMBER_RULES[rule] === call.rule && members?.includes(call.asset),
    );
    const ofOther =
      near.find(({ rule, asset }) => asset === call.asset && IMPLIED[rule]?.includes(call.rule)) ??
      spans.find(
        ({ fault: { rule, asset }, from }) =>
          asset === call.asset && call.at >= from && IMPLIED_FOR_GOOD[rule]?.includes(call.rule),
      );
    if (ofIt) {
      const heard = own.get(ofIt)!;
      const isOther = heard.some(({ ticket }) => ticket !== call.ticket);
      (isOther ? doubled.get(ofIt)! : heard).push(call);
    } else if (ofGroup) doubled.get(ofGroup)!.push(call);
    else if (ofOther) implied.push(call);
    else wrong.push(call);
  }
  const faults = truth.map((fault): Judged => {
    const observable = fault.observable === null ? Number.POSITIVE_INFINITY : Date.parse(fault.observable);
    const isDue = observable + allowedMs(options, fault) < end;
    const [first] = own.get(fault)!;
    const delay_s = isDue && first ? (first.said - observable) / 1000 : undefined;
    return { truth: fault, isDue, calls: own.get(fault)!, duplicates: doubled.get(fault)!, delay_s };
  });
  return { faults, wrong, implied };
}

/** What the rule of a group takes in: a ticket of a single member tells the same fault a second time. */
const MEMBER_RULES: Readonly<Record<string, string>> = {
  CircuitOut: 'LampOut',
  GatewayOffline: 'DeviceSilent',
};
