import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/quietTfjs.ts', 'test/fixedSeed.ts'],
    // Forks, not threads: the wasm backend and worker tests own their process. Two, because that is what CI has.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
