import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { confusionOf, detect, GROUPS, readGroup, SKAB_FOLDER, scoreOf } from '../quality/skab.ts';
import { CHANNEL_DEFAULTS } from '../rules/detect/channel.ts';

describe.runIf(existsSync(SKAB_FOLDER))('anomalies of a real water pump (SKAB)', () => {
  it('are found with F1 of at least .80 at no more than 25 % false alarms', () => {
    const files = GROUPS.flatMap((group) => readGroup(SKAB_FOLDER, group));
    const { f1, far_pct } = scoreOf(confusionOf(files, CHANNEL_DEFAULTS));
    expect(f1).toBeGreaterThanOrEqual(0.8);
    expect(far_pct).toBeLessThanOrEqual(25);
  });

  it('are told from the past alone: what comes later changes nothing', () => {
    const { rows } = readGroup(SKAB_FOLDER, 'valve1')[0]!;
    const whole = detect(rows, CHANNEL_DEFAULTS);
    expect(detect(rows.slice(0, 700), CHANNEL_DEFAULTS)).toEqual(whole.slice(0, 300));
  });
});
