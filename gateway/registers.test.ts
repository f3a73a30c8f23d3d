import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsOf } from '../model/metrics.ts';
import { type Profile, parseProfile, type Register } from './profile.ts';
import { decodeRegisters } from './registers.ts';
import { dataLength, planRequests, probeFor, type ReadRequest, widthOf } from './request-plan.ts';
import { registerWords } from './simulated-controller.ts';

function profileOf(...registers: readonly string[]): Profile {
  return parseProfile(
    `profile: p\nkind: pump\nregisters:\n${registers.map((r) => `  - {${r}}\n`).join('')}`,
    'p.yaml',
  );
}

/** The data bytes of an answer, from the words (or bits) of a table. */
function answerTo({ table, address, count }: ReadRequest, words: ReadonlyMap<string, number>): Buffer {
  const isBits = table === 'coil' || table === 'discrete';
  const data = Buffer.alloc(dataLength({ table, address, count }));
  for (let i = 0; i < count; i++) {
    const word = words.get(`${table} ${address + i}`) ?? 0;
    if (isBits) data[i >> 3]! |= word << (i & 7);
    else data.writeUInt16BE(word, 2 * i);
  }
  return data;
}

function readBack(profile: Profile, words: ReadonlyMap<string, number>): Record<string, number> {
  const values: Record<string, number> = {};
  for (const request of planRequests(profile)) {
    Object.assign(values, decodeRegisters(request, answerTo(request, words)));
  }
  return values;
}

describe('the value in a register', () => {
  const word = (address: number, value: number): [string, number] => [`input ${address}`, value];

  it.each<[string, string, [string, number][], number]>([
    ['unsigned', 'type: u16', [word(7, 65_535)], 65_535],
    ['signed', 'type: i16, scale: 0.1', [word(7, 0xfff6)], -1],
    ['tenths, without the dust of binary fractions', 'type: u16, scale: 0.1', [word(7, 3)], 0.3],
    [
      'Kelvin, with an offset',
      'type: u16, scale: 0.1, offset: -273.15, metric: bearing_c',
      [word(7, 3000)],
      26.85,
    ],
    ['32 bits, high word first', 'type: u32', [word(7, 0x0001), word(8, 0x86a0)], 100_000],
    ['32 bits, low word first', 'type: u32, word_order: low_first', [word(7, 0x86a0), word(8, 1)], 100_000],
    ['32 bits, signed', 'type: i32', [word(7, 0xffff), word(8, 0xfffe)], -2],
    // 3.3 as IEEE 754 is 40533333.
    ['a float, as its shortest decimal', 'type: f32', [word(7, 0x4053), word(8, 0x3333)], 3.3],
    ['a float, low word first', 'type: f32, word_order: low_first', [word(7, 0x3333), word(8, 0x4053)], 3.3],
    ['a bit of a status word', 'type: bit, bit: 12, metric: running', [word(7, 0x1000)], 1],
    ['a bit that is not set', 'type: bit, bit: 12, metric: running', [word(7, 0xefff)], 0],
  ])('%s', (_, register, words, value) => {
    const metric = /metric: (\w+)/.exec(register)?.[1] ?? 'flow_m3_h';
    const map = register.includes('metric') ? register : `${register}, metric: ${metric}`;
    const profile = profileOf(`${map}, table: input, address: 7`);
    expect(readBack(profile, new Map(words))).toEqual({ [metric]: value });
  });

  it.each<[string, string, [string, number][]]>([
    ['the raw number that means unknown', 'type: u16, absent: 65535', [word(7, 65_535)]],
    ['a float that is no number', 'type: f32', [word(7, 0x7fc0), word(8, 0)]],
    ['an infinite float', 'type: f32', [word(7, 0x7f80), word(8, 0)]],
  ])('is left out when it is %s', (_, register, words) => {
    const profile = profileOf(`metric: flow_m3_h, table: input, address: 7, ${register}`);
    expect(readBack(profile, new Map(words))).toEqual({});
  });
});

const pumpMetrics = [...metricsOf('pump').values()];

/** Profiles with registers side by side and apart, and a raw value for each. */
const anyMap = fc
  .array(
    fc.record({
      table: fc.constantFrom('coil', 'discrete', 'input', 'holding'),
      type: fc.constantFrom('u16', 'i16', 'u32', 'i32'),
      gap: fc.integer({ min: 0, max: 4 }),
      scale: fc.constantFrom(1, 0.1, 0.01, 0.001, 10),
      word_order: fc.constantFrom('high_first', 'low_first'),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: pumpMetrics.length },
  )
  .map((drafts) => {
    const next = new Map<string, number>();
    const values: Record<string, number> = {};
    const registers = drafts.map((draft, i): Register => {
      const { table, gap, share } = draft;
      const isBit = table === 'coil' || table === 'discrete';
      const register = {
        table,
        metric: pumpMetrics[i]!.name,
        type: isBit ? 'bit' : draft.type,
        address: (next.get(table) ?? 0) + gap,
        word_order: draft.word_order,
        scale: isBit ? 1 : draft.scale,
        offset: 0,
      } as Register;
      next.set(table, register.address + widthOf(register));
      const limit = isBit ? 2 : 2 ** (widthOf(register) * 16 - (register.type.startsWith('i') ? 1 : 0));
      const raw = Math.floor(share * (limit - 1));
      values[register.metric] = Number((raw * register.scale).toPrecision(12));
      return register;
    });
    return { registers, values };
  });

describe('a plan', () => {
  it('reads every register once, and each value as it was', () => {
    fc.assert(
      fc.property(anyMap, fc.integer({ min: 0, max: 5 }), ({ registers, values }, max_gap) => {
        const profile: Profile = { profile: 'p', kind: 'pump', description: '', max_gap, registers };
        const plan = planRequests(profile);
        expect(plan.flatMap((request) => request.registers)).toHaveLength(registers.length);
        expect(readBack(profile, registerWords(profile, values))).toEqual(values);
      }),
    );
  });

  it.each<[string, number, readonly number[], readonly (readonly [number, number])[]]>([
    ['neighbours together', 0, [1, 2, 3], [[1, 3]]],
    [
      'nothing over a gap, when none is allowed',
      0,
      [1, 3],
      [
        [1, 1],
        [3, 1],
      ],
    ],
    ['over a gap that is allowed', 2, [1, 4], [[1, 4]]],
    [
      'at most 125 registers at once',
      100,
      [0, 100, 124, 125],
      [
        [0, 125],
        [125, 1],
      ],
    ],
  ])('asks for %s', (_, max_gap, addresses, requests) => {
    const registers = addresses.map((address, i) => ({
      ...profileOf('metric: power_w, table: input, address: 0, type: u16').registers[0]!,
      metric: pumpMetrics[i]!.name,
      address,
    }));
    const plan = planRequests({ profile: 'p', kind: 'pump', description: '', max_gap, registers });
    expect(plan.map(({ address, count }) => [address, count])).toEqual(requests);
  });

  it('has a probe that no lost answer can be taken for', () => {
    const plan = planRequests(
      profileOf(
        'metric: power_w, table: input, address: 0, type: u32',
        'metric: flow_m3_h, table: input, address: 2, type: u16',
        'metric: run_h, table: holding, address: 9, type: u32',
      ),
    );
    const lost: ReadRequest[] = [];
    for (let i = 0; i < 3; i++) {
      const probe = probeFor(plan, i === 0 ? [plan[0]!] : lost)!;
      for (const request of lost) {
        expect([probe.table, dataLength(probe)]).not.toEqual([request.table, dataLength(request)]);
      }
      lost.push(probe);
    }
    expect(probeFor(plan, [])).toBeUndefined();
    // Where all requests look alike, one that asks for more.
    const sparse = planRequests(
      profileOf(
        'metric: power_w, table: input, address: 0, type: u16',
        'metric: flow_m3_h, table: input, address: 9, type: u16',
      ),
    );
    expect(probeFor(sparse, [sparse[0]!])).toEqual({ table: 'input', address: 0, count: 2 });
  });
});
