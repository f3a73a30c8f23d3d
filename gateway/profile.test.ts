import { describe, expect, it } from 'vitest';
import { StewardError } from '../model/codes.ts';
import { readStrictYaml } from '../model/strict-yaml.ts';
import { gatewayConfigSchema } from './config.ts';
import { loadProfiles, parseProfile } from './profile.ts';
import { pumpProfile } from './pump-controller.testkit.ts';

function mistake(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof StewardError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

const profileMistake = (register: string, kind = 'pump'): string =>
  mistake(() => parseProfile(`profile: p\nkind: ${kind}\nregisters:\n  - {${register}}\n`, 'p.yaml'));

describe('a profile', () => {
  it.each([
    [
      'a misspelt metric',
      'metric: powr_w, table: input, address: 0, type: u16',
      'config_invalid p.yaml:4:6: registers[0].metric: the catalogue has no "powr_w" for a pump (did you mean "power_w"?)',
    ],
    [
      'an unknown key',
      'metric: power_w, table: input, adress: 0, type: u16',
      'p.yaml:4:37: registers[0].adress: unknown key "adress" (did you mean "address"?)',
    ],
    [
      'an unknown type',
      'metric: power_w, table: input, address: 0, type: u64',
      'p.yaml:4:49: registers[0].type',
    ],
    [
      'a number in a coil',
      'metric: power_w, table: coil, address: 0, type: u16',
      'a coil is one bit: type bit',
    ],
    ['a bit for a number', 'metric: power_w, table: coil, address: 0, type: bit', '"power_w" is a number'],
    [
      'a bit of no register',
      'metric: running, table: input, address: 0, type: bit',
      'say which one: bit: 0 to 15',
    ],
    ['a scale of nothing', 'metric: power_w, table: input, address: 0, type: u16, scale: 0', 'must not be 0'],
    [
      'a value over the edge',
      'metric: power_w, table: input, address: 65535, type: u32',
      'needs two registers',
    ],
    [
      'one metric twice',
      'metric: power_w, table: input, address: 0, type: u16}\n  - {metric: power_w, table: input, address: 1, type: u16',
      'p.yaml:5:6: registers[1].metric: "power_w" is mapped twice',
    ],
  ])('says the place of %s', (_, register, text) => {
    expect(profileMistake(register)).toContain(text);
  });

  it('may lie anywhere, but must be there', () => {
    expect(mistake(() => loadProfiles(['/nowhere/p.yaml']))).toContain(
      'file_unreadable /nowhere/p.yaml: ENOENT',
    );
  });

  it('of the simulated controller is shipped and sound', () => {
    expect(pumpProfile.registers.map(({ metric }) => metric)).toContain('energy_kwh');
  });
});

describe('the configuration of a gateway', () => {
  const read = (units: string, more = ''): unknown =>
    readStrictYaml(
      `site: court\nasset: gw-1\nlines:\n  - path: /dev/ttyUSB0\n${more}    units:\n${units}`,
      'steward.yaml',
      gatewayConfigSchema,
      'config_invalid',
    ).value;
  const unit = (address: number, asset: string): string =>
    `      - {unit: ${address}, asset: ${asset}, kind: pump, profile: pump-controller}\n`;

  it('has the defaults of the Modbus specification', () => {
    expect(read(unit(1, 'pump-01'))).toMatchObject({
      outbox_limit: 20_000,
      lines: [
        { baud_rate: 19_200, data_bits: 8, parity: 'even', stop_bits: 1, poll_ms: 5_000, timeout_ms: 500 },
      ],
    });
  });

  it.each([
    [
      'two units with one address',
      unit(1, 'a') + unit(1, 'b'),
      '',
      'steward.yaml:7:10: lines[0].units[1].unit: unit 1 is named twice',
    ],
    ['one asset twice', unit(1, 'a') + unit(2, 'a'), '', 'lines[0].units[1].asset: asset a is named twice'],
    ['the address of nobody', unit(0, 'a'), '', 'lines[0].units[0].unit: Too small'],
    ['7 data bits', unit(1, 'a'), '    data_bits: 7\n', 'Modbus RTU sends 8 data bits'],
    [
      'a misspelt key',
      unit(1, 'a'),
      '    bautrate: 9600\n',
      'unknown key "bautrate" (did you mean "baud_rate"?)',
    ],
  ])('says the place of %s', (_, units, more, text) => {
    expect(mistake(() => read(units, more))).toContain(text);
  });
});
