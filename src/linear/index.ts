/** Linear systems h' = W h + b: the matrix exponential, exact solutions, eigen-analysis. */
export { eigenAnalysis, type EigenAnalysis } from './eigenAnalysis.ts'
export type { EigenPair } from './eigenPairs.ts'
export { expm } from './expm.ts'
export { equilibrium, linearSolution, type LinearOde, type LinearSolution } from './linearSolution.ts'
export type { PhasePortrait } from './phasePortrait.ts'
export type { MatrixLike } from '../ivp/options.ts'
