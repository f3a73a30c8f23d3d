/** When learning began; then what is learnt. */
export const FROM = 0;

/** Forgets what was learnt before the asset was installed or serviced, which is another asset's past. */
export function begins(v: Float64Array, at: number, size: number, t: number, since: number): void {
  if (v[at + FROM]! < since && t >= since) v.fill(Number.NaN, at, at + size);
  if (Number.isNaN(v[at + FROM]!)) {
    v.fill(0, at, at + size);
    v[at + FROM] = t;
  }
}
