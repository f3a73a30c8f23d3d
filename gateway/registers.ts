import type { Register } from './profile.ts';
import type { PlannedRequest } from './request-plan.ts';

/** The shortest decimal that is the same 32-bit float: 3.3, not 3.299999952316284. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function rawValue({ type, word_order, bit }: Register, data: Buffer, offset: number): number {
  switch (type) {
    case 'bit':
      return (data.readUInt16BE(offset) >> (bit ?? 0)) & 1;
    case 'u16':
      return data.readUInt16BE(offset);
    case 'i16':
      return data.readInt16BE(offset);
    default: {
      const words = Buffer.from(data.subarray(offset, offset + 4));
      if (word_order === 'low_first') words.swap32().swap16();
      if (type === 'f32') return shortestFloat(words.readFloatBE());
      return type === 'u32' ? words.readUInt32BE() : words.readInt32BE();
    }
  }
}

function isBitTable({ table }: Pick<Register, 'table'>): boolean {
  return table === 'coil' || table === 'discrete';
}

/**
 * The metrics that an answer holds, in the catalogue's units. What the controller says it does not know (`absent`, or
 * a float that is not finite) is left out: JSON has no such number.
 */
export function decodeRegisters(request: PlannedRequest, data: Buffer): Record<string, number> {
  const values: Record<string, number> = {};
  for (const register of request.registers) {
    const place = register.address - request.address;
    const raw = isBitTable(register)
      ? (data[place >> 3]! >> (place & 7)) & 1
      : rawValue(register, data, 2 * place);
    if (raw === register.absent || !Number.isFinite(raw)) continue;
    const { scale, offset } = register;
    // 12 digits hold every 32-bit value and drop the dust of binary fractions: 3 × 0.1 is 0.3.
    values[register.metric] =
      scale === 1 && offset === 0 ? raw : Number((raw * scale + offset).toPrecision(12));
  }
  return values;
}
