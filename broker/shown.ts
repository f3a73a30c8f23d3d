/** A name from the wire, fit for a log line. */
export function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
