import { rfc3339 } from '../model/clock.ts';
import { allowedMs, type Joined, type JoinOptions } from './join.ts';
import type { Call } from './pipeline.ts';

/** Of one seed and rule: who looks at ten has seen what there is to see. */
const TOLD = 10;

/** What was missed, late, wrong or told twice, in words. */
export function mistakes({ faults, wrong, implied }: Joined, options: JoinOptions): string[] {
  const lines = new Map<string, string[]>();
  const tell = (rule: string, text: string): void => {
    lines.set(rule, [...(lines.get(rule) ?? []), text]);
  };
  const besides = (asset: string): string => {
    const own = faults.filter(({ truth }) => truth.asset === asset || truth.members?.includes(asset));
    return own.map(({ truth: { fault, from, to } }) => `; ${fault} ${from} to ${to ?? 'the end'}`).join('');
  };
  const tellCalls = (what: string, calls: readonly Call[]): void => {
    for (const { rule, asset, type, at } of calls)
      tell(rule, `${what} ${rule}/${asset} ${type} ${rfc3339(at)}${besides(asset)}`);
  };
  for (const { truth, isDue, calls, duplicates, delay_s } of faults) {
    const { rule, asset, fault, from, to, observable } = truth;
    const span = `${rule}/${asset} ${fault} ${from} to ${to ?? 'the end'}, observable ${observable}`;
    if (isDue && calls.length === 0) tell(rule, `missed ${span}`);
    if (delay_s !== undefined && delay_s > allowedMs(options, truth) / 1000) {
      tell(rule, `${Math.round(delay_s)} s to ${span}`);
    }
    tellCalls('doubled', duplicates);
  }
  tellCalls('wrong', wrong);
  tellCalls('implied', implied);
  return [...lines].flatMap(([rule, all]) => [
    ...all.slice(0, TOLD),
    ...(all.length > TOLD ? [`and ${all.length - TOLD} more of ${rule}`] : []),
  ]);
}
