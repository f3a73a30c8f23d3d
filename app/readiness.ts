import type { Health } from '../model/health.ts';
import type { ReadyView } from '../model/views/watch.ts';

/** Asks every part; one that throws is not ready. `known` are those that need not be asked. */
export async function readiness(
  parts: Readonly<Record<string, () => Health | Promise<Health>>>,
  known: Readonly<Record<string, Health>> = {},
): Promise<ReadyView> {
  const asked = await Promise.all(
    Object.entries(parts).map(async ([name, health]): Promise<[string, Health]> => {
      try {
        return [name, await health()];
      } catch (error) {
        return [name, { ok: false, detail: (error as Error).message }];
      }
    }),
  );
  const all = { ...Object.fromEntries(asked), ...known };
  return { ok: Object.values(all).every((health) => health.ok), parts: all };
}
