/** The value below which that share of them lies, to a tenth; 0 of nothing. `sorted`: ascending. */
export function quantile(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
}
