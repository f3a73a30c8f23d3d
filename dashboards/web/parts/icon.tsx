import type { JSX } from 'preact';
import type { Kind } from '../../../model/kinds.ts';

/** Drawn on a 24 × 24 grid, stroked with the text's colour. */
const PATHS = {
  plan: 'M4 6.5 9 4l6 2.5L20 4v13.5L15 20l-6-2.5L4 20ZM9 4v13.5M15 6.5V20',
  tickets: 'M5 4h14v16l-3.5-2.2L12 20l-3.5-2.2L5 20ZM9 9h6M9 13h4',
  parking:
    'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2ZM9.5 17V7h3.3a3 3 0 0 1 0 6.2H9.5',
  devices: 'M9 7h6v10H9ZM4 10h5M4 14h5M15 10h5M15 14h5',
  rules: 'M4 6h3M4 12h3M4 18h3M11 6h9M11 12h9M11 18h9',
  bay: 'M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2ZM9.5 17V7h3.3a3 3 0 0 1 0 6.2H9.5',
  luminaire:
    'M12 3a6 6 0 0 0-3.6 10.8c.7.6 1.1 1.3 1.1 2.2h5c0-.9.4-1.6 1.1-2.2A6 6 0 0 0 12 3ZM10 19h4M11 21.5h2',
  pump: 'M12 5a7 7 0 1 0 7 7M12 5h9v4h-4.5M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM5 19l-1.5 2.5h17L19 19',
  circuit: 'M13 3 6 13.5h5L10 21l8-11h-5.5Z',
  gateway:
    'M12 13v8M8 21h8M12 9.5a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6ZM8 15.5a6 6 0 0 1 0-8.6M16 15.5a6 6 0 0 0 0-8.6M5 18a9.6 9.6 0 0 1 0-13.6M19 18a9.6 9.6 0 0 0 0-13.6',
  meter: 'M4 17a8.5 8.5 0 1 1 16 0ZM12 14l4-5M12 5.5v1.5M6.5 8l1 1',
  sign: 'M4 4h16v10H4ZM12 14v7M9 21h6M8 9h7.5M12.5 6 15.5 9l-3 3',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 5 8 12l6.5 7',
  next: 'M9.5 5 16 12l-6.5 7',
  check: 'M5 12.5 10 17.5 19 7',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3 2',
  person: 'M12 4a3.8 3.8 0 1 0 0 7.6A3.8 3.8 0 0 0 12 4ZM4.5 20.5a7.5 7.5 0 0 1 15 0',
  out: 'M14 4h5v16h-5M4 12h10M10.5 8.5 14 12l-3.5 3.5',
  pin: 'M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 1 1 13 0c0 5.4-6.5 11-6.5 11ZM12 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4Z',
  filter: 'M4 6h16M7 12h10M10 18h4',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a word; it says nothing to a screen reader. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function kindPath(kind: Kind): string {
  return PATHS[kind];
}
