const pure = {
  path: 'dist/index.js',
  // size-limit leaves peers out of the sum; here they count, so that tfjs or Effect in the pure entry breaks the budget.
  modifyRolldownConfig: (config) => ({ ...config, external: [] }),
}

export default [
  { name: 'solve-ivp (pure entry), brotli', limit: '52 kB', ...pure },
  { name: 'solve-ivp (pure entry), gzip', limit: '63.5 kB', gzip: true, ...pure },
]
