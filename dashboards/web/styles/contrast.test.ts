import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

function tokensOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map(([, name, value]) => [name, value]),
  );
}

const SCHEMES = { light: tokensOf(light), dark: { ...tokensOf(light), ...tokensOf(dark) } };

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** Text and the grounds it stands on: AA wants 4.5 to 1. */
const TEXT: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ['ink', ['ground', 'surface', 'surface-2', 'plan-ground', 'fault-soft']],
  ['ink-soft', ['ground', 'surface', 'surface-2', 'plan-ground']],
  ['accent', ['ground', 'surface']],
  ['accent-ink', ['accent']],
  ['accent-on-soft', ['accent-soft']],
  ['fault', ['ground', 'surface', 'fault-soft']],
  ['fault-ink', ['fault']],
  ['warning', ['ground', 'surface', 'warning-soft']],
  ['warning-ink', ['warning-fill']],
  ['silent', ['silent-soft']],
  ['ok', ['ground', 'surface', 'ok-soft']],
];

/** Shapes that mean something: AA wants 3 to 1. */
const SHAPES: readonly (readonly [shape: string, ground: string])[] = [
  ['bay-free-line', 'zone'],
  ['bay-taken', 'zone'],
  ['pump', 'pump-soft'],
  ['fault', 'zone'],
  ['silent', 'zone'],
  ['lamp-line', 'zone'],
];

test.each(['light', 'dark'] as const)('contrast in the %s scheme is AA', (scheme) => {
  const tokens = SCHEMES[scheme];
  const weak: string[] = [];
  const check = (front: string, back: string, least: number): void => {
    const ratio = contrast(tokens[front] ?? '', tokens[back] ?? '');
    if (!(ratio >= least)) weak.push(`${front} on ${back}: ${ratio.toFixed(2)}`);
  };
  for (const [text, grounds] of TEXT) for (const ground of grounds) check(text, ground, 4.5);
  for (const [shape, ground] of SHAPES) check(shape, ground, 3);
  expect(weak).toEqual([]);
});
