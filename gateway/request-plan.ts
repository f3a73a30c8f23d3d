import type { Profile, Register, Table } from './profile.ts';

/** Function codes that read each table (MODBUS Application Protocol V1.1b3, 6.1 to 6.4). */
export const FUNCTION_CODES: Readonly<Record<Table, number>> = { coil: 1, discrete: 2, holding: 3, input: 4 };

/** What one answer may carry (same source): 2,000 bits, 125 registers. */
const LIMITS: Readonly<Record<Table, number>> = { coil: 2000, discrete: 2000, holding: 125, input: 125 };

export interface ReadRequest {
  readonly table: Table;
  readonly address: number;
  /** Bits or 16-bit registers. */
  readonly count: number;
}

/** A request and the registers of the profile that its answer holds. */
export interface PlannedRequest extends ReadRequest {
  readonly registers: readonly Register[];
}

/** How many places of its table a register takes. */
export function widthOf({ type }: Pick<Register, 'type'>): number {
  return type === 'u32' || type === 'i32' || type === 'f32' ? 2 : 1;
}

/** Bytes of data that the answer to a request holds. */
export function dataLength({ table, count }: ReadRequest): number {
  return table === 'coil' || table === 'discrete' ? Math.ceil(count / 8) : 2 * count;
}

/** The fewest requests that read a profile without reading over more than `max_gap` unused places. */
export function planRequests({ registers, max_gap }: Profile): readonly PlannedRequest[] {
  const plan: (ReadRequest & { registers: Register[]; count: number })[] = [];
  const sorted = [...registers].sort((a, b) => a.table.localeCompare(b.table) || a.address - b.address);
  for (const register of sorted) {
    const last = plan.at(-1);
    const { table, address } = register;
    const end = address + widthOf(register);
    const joins =
      last?.table === table &&
      address <= last.address + last.count + max_gap &&
      end - last.address <= LIMITS[table];
    if (joins) {
      last.count = Math.max(last.count, end - last.address);
      last.registers.push(register);
    } else {
      plan.push({ table, address, count: end - address, registers: [register] });
    }
  }
  return plan;
}

/** Requests to find a probe among: parts of the plan's, and in need one place more than they ask for. */
function probes(plan: readonly PlannedRequest[]): readonly ReadRequest[] {
  const parts = plan.flatMap(({ table, address, registers }) =>
    registers.map((register) => ({ table, address, count: register.address + widthOf(register) - address })),
  );
  const more = plan
    .filter(({ table, count }) => count < LIMITS[table])
    .map(({ table, address, count }) => ({ table, address, count: count + 1 }));
  return [...parts, ...more];
}

/**
 * A request whose answer cannot be taken, by table or length, for the answer to one of the `lost` (the newest counts
 * most, should there be too many). An RTU answer does not say which request it belongs to. The controller may refuse
 * it (illegal address), which is an answer as good as any; undefined when nothing is lost.
 */
export function probeFor(
  plan: readonly PlannedRequest[],
  lost: readonly ReadRequest[],
): ReadRequest | undefined {
  const candidates = probes(plan);
  for (let oldest = 0; oldest < lost.length; oldest++) {
    const recent = lost.slice(oldest);
    const probe = candidates.find((candidate) => !recent.some((request) => looksAlike(candidate, request)));
    if (probe) return probe;
  }
  return undefined;
}

function looksAlike(a: ReadRequest, b: ReadRequest): boolean {
  return a.table === b.table && dataLength(a) === dataLength(b);
}
