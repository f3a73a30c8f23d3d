import type { Health } from '../model/health.ts';
import type { ReadyView } from '../model/views/watch.ts';

/** Asks every part; one that throws is not ready. */
export async function readiness(
  parts: Readonly<Record<string, () => Health | Promise<Health>>>,
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
  return { ok: asked.every(([, health]) => health.ok), parts: Object.fromEntries(asked) };
}
