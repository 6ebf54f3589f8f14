/** The pure part of the package: scipy's solve_ivp on flat arrays. Mentions neither tfjs nor Effect. */
export * from './ivp/index.ts'
