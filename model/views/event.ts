import type { LatestView } from './site.ts';

/**
 * Server-sent events of `GET /api/v1/events`; the SSE `event` field is `type`, `data` the JSON of the rest.
 * `latest`: newest values, gathered for up to a second. `ticket`: this ticket changed, fetch it again.
 * `fault`: this asset's status changed. `sync`: events were missed, fetch everything again.
 */
export type LiveEvent =
  | {
      readonly type: 'latest';
      readonly assets: Readonly<Record<string, Readonly<Record<string, LatestView>>>>;
    }
  | { readonly type: 'ticket'; readonly id: string; readonly state: string }
  | { readonly type: 'fault'; readonly asset: string; readonly rule: string; readonly active: boolean }
  | { readonly type: 'sync' };
