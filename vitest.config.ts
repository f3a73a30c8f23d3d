import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{model,broker,gateway,ingest,store,rules,tickets,api,dashboards,firmware-sim,app,quality,test}/**/*.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores is what a small gateway and the judge have: engines and browser share them with the tests.
    maxWorkers: 2,
  },
});
