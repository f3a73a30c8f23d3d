import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rulesForBacktest } from '../rules/backtest/rule-sets.ts';
import { loadRules } from '../rules/language/load.ts';
import { faultsHandbook, libraryRulesFolder } from './paths.ts';
import { rulesIn } from './rule-files.ts';
import { readGuides, ruleWritings } from './rule-writing.ts';

const library = rulesIn(libraryRulesFolder);
const set = loadRules(library);
const names = [...set.infos.keys()];
const writingOf = ruleWritings(library, set);

describe('how a rule is written', () => {
  it.each(names)('%s can be read alone and has a page of the handbook', (name) => {
    const writing = writingOf(name)!;
    expect(writing.yaml).toContain(`rule: ${name}\n`);
    expect(writing.yaml.match(/^ *- rule: /gm)).toHaveLength(1);
    expect(writing.yaml).not.toMatch(/^tests:/m);
    expect(writing.file).toMatch(/^[\w-]+\.yaml$/);
    expect([...rulesForBacktest([{ file: 'own', text: writing.yaml }], undefined, library).names]).toContain(
      name,
    );
    expect(writing.guide).toMatch(/\w{3}/);
  });

  it('is unknown of a rule that is not in force', () => {
    expect(writingOf('NoSuch')).toBeUndefined();
  });

  it('takes the text under a heading for each of its rules', () => {
    const guides = readGuides(
      '# Faults\n\nAll.\n\n## Lamps\n\n### A, B\n\nOne\nline.\n\nTwo.\n\n### C\n\nThree.\n',
    );
    expect([...guides]).toEqual([
      ['A', 'One line.\n\nTwo.'],
      ['B', 'One line.\n\nTwo.'],
      ['C', 'Three.'],
    ]);
    expect(readGuides(readFileSync(faultsHandbook, 'utf8')).size).toBeGreaterThan(10);
  });
});
