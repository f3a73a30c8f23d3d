import { MINUTE_MS } from '../model/clock.ts';

const UNIT_MIN = { d: 1440, h: 60, m: 1 } as const;
const SPAN = '(?:\\d+(?:\\.\\d+)?[dhm])+';
const FROM = new RegExp(`^(?:(last_night|night_before_last)(?:([+-])(${SPAN}))?|([+-])(${SPAN})|now)$`);
const WHEN = new RegExp(`^(\\S+)(?:\\s+for\\s+(${SPAN}))?$`);

/** A moment told from `now` or from the switching on of a night, and how long what begins there lasts. */
export interface When {
  readonly anchor: 'now' | 'last_night' | 'night_before_last';
  readonly offset_min: number;
  /** Undefined: it goes on. */
  readonly duration_min: number | undefined;
}

function span(text: string): number {
  let minutes = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([dhm])/g)) {
    minutes += Number(amount) * UNIT_MIN[unit as keyof typeof UNIT_MIN];
  }
  return minutes;
}

/**
 * Reads `-30h`, `-2h for 40m`, `last_night+2h`, `night_before_last+1h30m for 20h`; units are d, h and m.
 * Undefined when it is none of these.
 */
export function parseWhen(text: string): When | undefined {
  const [, moment, lasts] = WHEN.exec(text.trim()) ?? [];
  const match = moment === undefined ? null : FROM.exec(moment);
  if (!match) return undefined;
  const [, night, nightSign, nightSpan, sign, nowSpan] = match;
  const amount = span(nightSpan ?? nowSpan ?? '');
  return {
    anchor: (night as When['anchor'] | undefined) ?? 'now',
    offset_min: (nightSign ?? sign) === '-' ? -amount : amount,
    duration_min: lasts === undefined ? undefined : span(lasts),
  };
}

/**
 * The interval in epoch milliseconds; `nights` are the switchings on before `now`, latest first. Undefined when the
 * night that it is told from never came (polar days).
 */
export function resolveWhen(
  when: When,
  now: number,
  nights: readonly number[],
): { from: number; to: number | null } | undefined {
  const anchor = when.anchor === 'now' ? now : nights[when.anchor === 'last_night' ? 0 : 1];
  if (anchor === undefined) return undefined;
  const from = anchor + when.offset_min * MINUTE_MS;
  return { from, to: when.duration_min === undefined ? null : from + when.duration_min * MINUTE_MS };
}
