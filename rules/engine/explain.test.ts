import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../model/clock.ts';
import type { RuleExplanation } from '../../model/explanation.ts';
import { asset, freshEngine, library, reading, ruleSet, siteWith } from './engine.testkit.ts';
import { createEngine, type Engine } from './engine.ts';

const START = Date.parse('2026-01-10T18:00:00Z');
const at = (minutes: number): number => START + minutes * MINUTE_MS;
const pump = asset('p1', 'pump', { model: 'Tern B', heartbeat_s: 3600 });
const estate = siteWith([pump, asset('p2', 'pump')]);
const rules = ruleSet(`  - rule: Hot
    on: pump
    parameters: { hot_c: 80 }
    when: bearing_c > hot_c && running && (vibration_mm_s > 3.0 || power_w < dry_run_w)
    clear: bearing_c < hot_c - 5.0
    for: 20m
    keep_firing_for: 10m
    ticket: { title: t }
`);

function explained(engine: Engine, id = 'p1'): RuleExplanation {
  const [one] = engine.explain(id);
  return one!;
}

describe('why a rule fires, or does not', () => {
  const engine = freshEngine(rules, estate, START);
  const tell = (minutes: number, values: Record<string, number>): void => {
    engine.step(reading(pump, at(minutes), values));
    engine.advance(at(minutes) + 1);
  };

  it('is told from the first word to the end of a fault', () => {
    expect(explained(engine)).toMatchObject({ phase: 'unheard', text: 'Nothing was ever heard of it.' });

    tell(0, { bearing_c: 60, running: 1, power_w: 3000 });
    expect(explained(engine)).toMatchObject({
      phase: 'ok',
      since: null,
      due: null,
      text: 'Does not fire, as it is not so: bearing_c > hot_c.',
      when: {
        parts: [
          { depth: 0, truth: false },
          { text: 'bearing_c > hot_c && running', depth: 1, truth: false },
          { text: 'bearing_c > hot_c', depth: 2, truth: false },
          { text: 'running', depth: 2, truth: true },
          { text: 'vibration_mm_s > 3.0 || power_w < dry_run_w', depth: 1, truth: null },
          { text: 'vibration_mm_s > 3.0', depth: 2, truth: null },
          { text: 'power_w < dry_run_w', depth: 2, truth: false },
        ],
      },
    });

    tell(1, { bearing_c: 90, running: 1, power_w: 3000 });
    expect(explained(engine)).toMatchObject({
      phase: 'ok',
      when: { because: ['vibration_mm_s > 3.0'] },
      text: 'Does not fire, as it is not known: vibration_mm_s > 3.0.',
    });

    tell(2, { bearing_c: 90, running: 1, vibration_mm_s: 4 });
    expect(explained(engine)).toMatchObject({ phase: 'pending', since: at(2), due: at(22), held_by: [] });
    expect(explained(engine).text).toContain('The condition holds, and fires in 20m');

    engine.advance(at(23));
    expect(explained(engine)).toMatchObject({ phase: 'firing', since: at(22), due: null });

    tell(24, { bearing_c: 70, running: 1 });
    expect(explained(engine)).toMatchObject({
      phase: 'recovering',
      due: at(34),
      clear: { parts: [{ text: 'bearing_c < hot_c - 5.0', truth: true }] },
    });
  });

  it('tells each value with the time of its sample, and each number with where it comes from', () => {
    const { values, settings } = explained(engine);
    expect(values).toContainEqual({ name: 'bearing_c', value: 70, measured: at(24) });
    expect(values).toContainEqual({ name: 'vibration_mm_s', value: 4, measured: at(2) });
    expect(settings).toEqual([
      { name: 'hot_c', value: 80, from: 'default of the rule' },
      { name: 'dry_run_w', value: 1600, from: 'default of a pump' },
    ]);
  });

  it('changes nothing, and is the same after a restart', () => {
    const before = engine.snapshot();
    const told = explained(engine);
    expect(Buffer.from(engine.snapshot()).equals(Buffer.from(before))).toBe(true);
    const again = createEngine({ rules, directory: estate, upSince: at(24), snapshot: before });
    again.advance(at(24) + 1);
    expect(explained(again)).toEqual(told);
  });

  it('names what holds a fault back from a ticket', () => {
    const lamps = ['l1', 'l2', 'l3', 'l4'].map((id) =>
      asset(id, 'luminaire', { circuit: 'c1', rated_w: 100 }),
    );
    const night = freshEngine(library(), siteWith([...lamps, asset('c1', 'circuit')]), START);
    for (let minutes = 0; minutes <= 60; minutes += 5) {
      for (const lamp of lamps) night.step(reading(lamp, at(minutes), { power_w: 1 }));
      night.advance(at(minutes));
    }
    const dark = night.explain('l1').find(({ rule }) => rule === 'LampOut')!;
    expect(dark).toMatchObject({ phase: 'firing', held_by: ['CircuitOut/c1'] });
    expect(dark.text).toContain('No ticket of its own because of CircuitOut/c1.');
    const byDay = night.explain('l1').find(({ rule }) => rule === 'DayBurner')!;
    expect(byDay.when.because).toContain('day(30)');
  });

  it('has nothing to say of what it does not know', () => {
    expect(engine.explain('p9')).toEqual([]);
  });
});
