export default [
  {
    name: 'solve-ivp (pure entry)',
    path: 'dist/index.js',
    limit: '52 kB',
    // size-limit leaves peers out of the sum; here they count, so that tfjs or Effect in the pure entry breaks the budget.
    modifyRolldownConfig: (config) => ({ ...config, external: [] }),
  },
]
