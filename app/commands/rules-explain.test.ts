import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explain } from './rules-explain.ts';

const folder = mkdtempSync(join(tmpdir(), 'steward-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('rules explain', () => {
  it('tells a rule of the library in words', () => {
    const text = explain('LampOut', {});
    expect(text).toContain('LampOut watches: luminaire. Severity minor; calls: electrician.\n');
    expect(text).toContain('It fires when this holds for 20m:\n    night(30) && expected_level > 0.0');
    expect(text).toContain('It ends when this holds for 10m:\n');
    expect(text).toContain('3 and 50 % of those that share a circuit are one CircuitOut.\n');
    expect(text).toMatch(/dark_pct +20 % +default of the rule: of its expected power/);
    expect(text).toMatch(/rated_w +told by each asset/);
  });

  it('tells the numbers of an asset and where each comes from', () => {
    const text = explain('PumpVibration', { demo: true, asset: 'pump-08' });
    expect(text).toContain('It is critical when this holds for 1m:\n    vibration_class != "own" && running');
    expect(text).toMatch(/Its numbers for pump-08:\n +vibration_warn_mm_s +4 mm\/s +default of a pump/);
    expect(explain('PumpDryRun', { demo: true, asset: 'pump-08' })).toMatch(/dry_run_w +2200 W +site file/);
  });

  it('tells what own files set otherwise', () => {
    const own = join(folder, 'own.yaml');
    writeFileSync(own, 'overrides:\n  - { zone: orchard, set: { dark_pct: 12 } }\n');
    const config = join(folder, 'steward.yaml');
    const site = join(import.meta.dirname, '../../examples/demo/site.yaml');
    writeFileSync(config, `sites: [${site}]\nrules: { files: [${own}] }\n`);
    const text = explain('LampOut', { config, asset: 'lamp-001' });
    expect(text).toContain(`dark_pct  12 %  zone orchard (${own}:2:5)`);
  });

  it.each([
    ['LampOat', {}, 'there is no rule "LampOat" (did you mean "LampOut"?)'],
    ['LampOut', { demo: true, asset: 'lamp-01' }, 'there is no asset "lamp-01"'],
    ['LampOut', { demo: true, asset: 'pump-08' }, 'LampOut watches: luminaire; pump-08 is a pump'],
  ])('%s %o: %s', (rule, flags, message) => {
    expect(() => explain(rule, flags)).toThrow(message);
  });
});
