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

/** Samples seen, the two means, and the largest difference while learning. */
export interface Channel {
  n: number;
  fast: number;
  slow: number;
  largest: number;
}

export const newChannel = (): Channel => ({ n: 0, fast: 0, slow: 0, largest: 0 });

/** A young mean is the plain mean of what there is. */
const weight = (lasting: number, n: number): number => Math.max(lasting, 1 / n);

/** Takes a sample of the time in which all is well. */
export function learn(channel: Channel, value: number, { fast, slow, settle }: ChannelOptions): void {
  channel.n++;
  channel.fast += weight(fast, channel.n) * (value - channel.fast);
  const difference = Math.abs(channel.fast - channel.slow);
  if (channel.n > settle && difference > channel.largest) channel.largest = difference;
  channel.slow += weight(slow, channel.n) * (value - channel.slow);
}

/** Takes a sample; answers how far it is from its habits: above 1 is an anomaly. A channel that never moved has none. */
export function judge(channel: Channel, value: number, { fast, slow, margin }: ChannelOptions): number {
  channel.n++;
  channel.fast += weight(fast, channel.n) * (value - channel.fast);
  const difference = Math.abs(channel.fast - channel.slow);
  const ratio = channel.largest > 0 ? difference / (margin * channel.largest) : 0;
  if (ratio <= 1) channel.slow += weight(slow, channel.n) * (value - channel.slow);
  return ratio;
}
