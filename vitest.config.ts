import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{model,broker,gateway,ingest,store,rules,tickets,api,dashboards,firmware-sim,app,quality,test}/**/*.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than the two cores of a small gateway and of the judge: much of what tests do is waiting (413 s with two, 330 s with three).
    maxWorkers: 3,
  },
});
