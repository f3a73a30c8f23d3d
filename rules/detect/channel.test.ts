import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../model/random.ts';
import { CHANNEL_DEFAULTS, judge, learn, newChannel } from './channel.ts';

const LEARNT = 400;

/** A channel that has learnt noise of 1 around `level`, and the noise that goes on. */
function learnt(seed: number, level = 100): { channel: Float64Array; noise: () => number } {
  const random = seededRandom(seed);
  const channel = newChannel();
  for (let i = 0; i < LEARNT; i++) learn(channel, 0, level + random.normal(), CHANNEL_DEFAULTS);
  return { channel, noise: () => random.normal() };
}

const ratios = (channel: Float64Array, values: readonly number[]): number[] =>
  values.map((value) => judge(channel, 0, value, CHANNEL_DEFAULTS));

describe('a channel that knows its habits', () => {
  it('says nothing of the noise that it learnt', () => {
    const { channel, noise } = learnt(1);
    expect(
      Math.max(
        ...ratios(
          channel,
          Array.from({ length: 5_000 }, () => 100 + noise()),
        ),
      ),
    ).toBeLessThan(1);
  });

  it('tells a step within seconds, goes on telling it, and is quiet when it is over', () => {
    const { channel, noise } = learnt(2);
    const step = ratios(
      channel,
      Array.from({ length: 1_000 }, () => 105 + noise()),
    );
    expect(step.findIndex((ratio) => ratio > 1)).toBeLessThan(10);
    expect(Math.min(...step.slice(30))).toBeGreaterThan(1);
    const after = ratios(
      channel,
      Array.from({ length: 200 }, () => 100 + noise()),
    );
    expect(Math.max(...after.slice(60))).toBeLessThan(1);
  });

  it('follows what drifts slowly', () => {
    const { channel, noise } = learnt(3);
    const drift = Array.from({ length: 20_000 }, (_, i) => 100 + i / 2_000 + noise());
    expect(Math.max(...ratios(channel, drift))).toBeLessThan(1);
  });

  it('has nothing to say of a channel that never moved while it learnt', () => {
    const channel = newChannel();
    for (let i = 0; i < LEARNT; i++) learn(channel, 0, 7, CHANNEL_DEFAULTS);
    expect(ratios(channel, [7, 9, 900])).toEqual([0, 0, 0]);
  });

  it('is the same in any unit: what counts is what it learnt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0.01, max: 1e4, noNaN: true }),
        fc.double({ min: -1e4, max: 1e4, noNaN: true }),
        (seed, scale, offset) => {
          const random = seededRandom(seed);
          const values = Array.from({ length: 600 }, (_, i) => random.normal() + (i > 500 ? 6 : 0));
          const [plain, other] = [newChannel(), newChannel()];
          const scaled = (value: number): number => offset + scale * value;
          for (const value of values.slice(0, LEARNT)) {
            learn(plain, 0, value, CHANNEL_DEFAULTS);
            learn(other, 0, scaled(value), CHANNEL_DEFAULTS);
          }
          const rest = values.slice(LEARNT);
          const [a, b] = [ratios(plain, rest), ratios(other, rest.map(scaled))];
          for (const [i, ratio] of a.entries()) expect(b[i]).toBeCloseTo(ratio, 5);
        },
      ),
      { numRuns: 30 },
    );
  });
});
