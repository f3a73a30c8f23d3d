import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/clock.ts';
import { SEVERITIES, type Severity } from '../model/fault.ts';

/** How soon somebody must answer for a ticket, and how soon it must be mended. */
export interface TimeLimits {
  readonly respondMs: number;
  readonly resolveMs: number;
}

export interface TicketPolicy {
  /** Of a site; those of the installation where the site says nothing. */
  limits(site: string, severity: Severity): TimeLimits;
  /** A fault that comes back within this time after its ticket was closed re-opens that ticket. */
  readonly reopenWindowMs: number;
  /** How long a finished ticket may wait for its fault to end before it is work again. */
  readonly proofPatienceMs: number;
}

/** Plain durations; a working calendar with nights and holidays comes with the schedules. */
const DEFAULT_LIMITS: Readonly<Record<Severity, TimeLimits>> = {
  critical: { respondMs: 15 * MINUTE_MS, resolveMs: 4 * HOUR_MS },
  major: { respondMs: HOUR_MS, resolveMs: DAY_MS },
  minor: { respondMs: DAY_MS, resolveMs: 5 * DAY_MS },
  info: { respondMs: 5 * DAY_MS, resolveMs: 30 * DAY_MS },
};
const DEFAULT_REOPEN_WINDOW_D = 30;
const DEFAULT_PROOF_PATIENCE_H = 24;

const limitsSchema = z
  .strictObject({
    respond_min: z.number().positive().optional(),
    resolve_h: z.number().positive().optional(),
  })
  .optional();
const bySeveritySchema = z
  .strictObject({ critical: limitsSchema, major: limitsSchema, minor: limitsSchema, info: limitsSchema })
  .optional();

/** The `tickets` section of the configuration; what it does not name keeps its default. */
export const ticketSettingsSchema = z.strictObject({
  limits: bySeveritySchema,
  /** Limits of single sites, by site id. */
  sites: z.record(z.string(), z.strictObject({ limits: bySeveritySchema })).optional(),
  reopen_window_d: z.number().nonnegative().optional(),
  proof_patience_h: z.number().positive().optional(),
});
export type TicketSettings = z.infer<typeof ticketSettingsSchema>;

type LimitSettings = TicketSettings['limits'];
type LimitsBySeverity = Readonly<Record<Severity, TimeLimits>>;

function overridden(base: LimitsBySeverity, settings: LimitSettings): LimitsBySeverity {
  const entries = SEVERITIES.map((severity) => {
    const { respond_min, resolve_h } = settings?.[severity] ?? {};
    const limits: TimeLimits = {
      respondMs: respond_min === undefined ? base[severity].respondMs : respond_min * MINUTE_MS,
      resolveMs: resolve_h === undefined ? base[severity].resolveMs : resolve_h * HOUR_MS,
    };
    return [severity, limits] as const;
  });
  return Object.fromEntries(entries) as LimitsBySeverity;
}

/** The policy that checked settings ask for. */
export function ticketPolicy(settings: TicketSettings = {}): TicketPolicy {
  const everywhere = overridden(DEFAULT_LIMITS, settings.limits);
  const bySite = new Map(
    Object.entries(settings.sites ?? {}).map(([site, own]) => [site, overridden(everywhere, own.limits)]),
  );
  return {
    limits: (site, severity) => (bySite.get(site) ?? everywhere)[severity],
    reopenWindowMs: (settings.reopen_window_d ?? DEFAULT_REOPEN_WINDOW_D) * DAY_MS,
    proofPatienceMs: (settings.proof_patience_h ?? DEFAULT_PROOF_PATIENCE_H) * HOUR_MS,
  };
}
