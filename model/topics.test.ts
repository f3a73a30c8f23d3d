import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS } from './kinds.ts';
import { isSlug, SLUG_MAX_LENGTH } from './slug.ts';
import { parseTelemetryTopic, telemetryTopic } from './topics.ts';

describe('the topic of telemetry', () => {
  const slug = fc.stringMatching(/^[a-z0-9_-]{1,64}$/);

  it('is taken apart into what it was made of', () => {
    fc.assert(
      fc.property(slug, fc.constantFrom(...KINDS), slug, (site, kind, asset) => {
        expect(parseTelemetryTopic(telemetryTopic({ site, kind, asset }))).toEqual({ site, kind, asset });
      }),
    );
  });

  it('has a slug where a name is asked for, and a kind that there is', () => {
    const level = fc.oneof(fc.string(), fc.constantFrom('', 'pump', 'lift', 'a\n', 'A', '+', '#', 'ü'));
    fc.assert(
      fc.property(level, level, level, (site, kind, asset) => {
        const isOne = isSlug(site) && isSlug(asset) && (KINDS as readonly string[]).includes(kind);
        expect(parseTelemetryTopic(`site/${site}/${kind}/${asset}/telemetry`) !== undefined).toBe(isOne);
      }),
    );
  });

  it.each([
    '',
    'site/north/pump/p-1',
    'site/north/pump/p-1/telemetry/',
    '/site/north/pump/p-1/telemetry',
    'site/north/pump/p-1/telemetry\n',
    `site/north/pump/${'x'.repeat(SLUG_MAX_LENGTH + 1)}/telemetry`,
    'site/north/pump/p-1/set',
  ])('is not %j', (topic) => {
    expect(parseTelemetryTopic(topic)).toBeUndefined();
  });
});
