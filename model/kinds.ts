/** The kinds of asset that Steward looks after, and the things that faults have in common. */
export const KINDS = ['bay', 'luminaire', 'pump', 'circuit', 'gateway', 'meter', 'sign'] as const;

export type Kind = (typeof KINDS)[number];

export function isKind(text: string): text is Kind {
  return (KINDS as readonly string[]).includes(text);
}
