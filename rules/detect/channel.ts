/**
 * Tells when a quantity leaves its own habits, without knowing what it measures. A fast mean is compared with a slow
 * one, which stands still while they differ too much: slow drift (warming up, seasons) is followed, a change is held
 * against it until it is gone. What is too much is `margin` times the largest difference of the time of learning.
 *
 * Causal, and four numbers a channel whatever the length of learning.
 */
export interface ChannelOptions {
  /** Weight of a new sample in the fast and the slow mean. */
  readonly fast: number;
  readonly slow: number;
  readonly margin: number;
  /** Samples until the slow mean is believed: differences before it are those of a mean that is still young. */
  readonly settle: number;
}

/** Chosen on other groups of SKAB than the one tested, see bench/skab.ts and docs/decisions/0023. */
export const CHANNEL_DEFAULTS: ChannelOptions = { fast: 0.1, slow: 0.005, margin: 2.2, settle: 50 };

/** Doubles of a channel: samples seen, the two means, the largest difference while learning. */
const N = 0;
const FAST = 1;
const SLOW = 2;
const LARGEST = 3;
export const CHANNEL_CELLS = 4;

export const newChannel = (): Float64Array => new Float64Array(CHANNEL_CELLS);

/** A young mean is the plain mean of what there is. */
const weight = (lasting: number, n: number): number => Math.max(lasting, 1 / n);

/** Moves the fast mean; answers its distance from the slow one. */
function move(v: Float64Array, at: number, value: number, fast: number): number {
  v[at + N]!++;
  v[at + FAST]! += weight(fast, v[at + N]!) * (value - v[at + FAST]!);
  return Math.abs(v[at + FAST]! - v[at + SLOW]!);
}

function follow(v: Float64Array, at: number, value: number, slow: number): void {
  v[at + SLOW]! += weight(slow, v[at + N]!) * (value - v[at + SLOW]!);
}

/** Takes a sample of the time in which all is well, into the channel that lies in `v` from `at` on. */
export function learn(v: Float64Array, at: number, value: number, options: ChannelOptions): void {
  const difference = move(v, at, value, options.fast);
  if (v[at + N]! > options.settle && difference > v[at + LARGEST]!) v[at + LARGEST] = difference;
  follow(v, at, value, options.slow);
}

/** Takes a sample; answers how far it is from its habits: above 1 is an anomaly. A channel that never moved has none. */
export function judge(v: Float64Array, at: number, value: number, options: ChannelOptions): number {
  const difference = move(v, at, value, options.fast);
  const largest = v[at + LARGEST]!;
  const ratio = largest > 0 ? difference / (options.margin * largest) : 0;
  if (ratio <= 1) follow(v, at, value, options.slow);
  return ratio;
}
