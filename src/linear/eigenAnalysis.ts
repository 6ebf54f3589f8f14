import { IvpInputError } from '../ivp/index.ts'
import type { MatrixLike } from '../ivp/options.ts'
import { eigenPairs, type EigenPair } from './eigenPairs.ts'
import { squareMatrix } from './matrixInput.ts'
import { phasePortrait, type PhasePortrait } from './phasePortrait.ts'

/** What the eigenvalues say about h' = W h + b. */
export interface EigenAnalysis {
  /** By falling real part, conjugate pairs together (positive imaginary part first). */
  readonly pairs: ReadonlyArray<EigenPair>
  /** The largest real part: rate of growth of the slowest decaying mode. */
  readonly spectralAbscissa: number
  /** max |Re lambda| / min |Re lambda| over the decaying modes: far above 1 is stiff. NaN if none decays. */
  readonly stiffnessRatio: number
  /** 'asymptotic': all modes decay; 'unstable': one grows; 'marginal': neither, and eigenvalues do not tell (semisimple or not). */
  readonly stability: 'asymptotic' | 'marginal' | 'unstable'
  /** The picture of a plane system; null unless n = 2. */
  readonly portrait: PhasePortrait | null
}

/** Real parts below this fraction of the largest eigenvalue count as zero. */
const ROUNDING = 1e-12
/**
 * Eigenvalues, eigenvectors and what they mean for h' = W h + b.
 * @throws IvpInputError
 * @see Hirsch, Smale, Devaney, "Differential equations, dynamical systems, and an introduction to chaos", ch. 3-6
 */
export function eigenAnalysis(W: MatrixLike): EigenAnalysis {
  const matrix = squareMatrix('W', W)
  const n = matrix.rows
  const pairs = eigenPairs(matrix)
  if (pairs === null) throw new IvpInputError('W', W, 'must have eigenvalues that the QR iteration can find')
  pairs.sort((a, b) => b.re - a.re || Math.abs(a.im) - Math.abs(b.im) || b.im - a.im)
  const zero = ROUNDING * Math.max(...pairs.map(({ re, im }) => Math.hypot(re, im)))
  const spectralAbscissa = pairs[0]!.re
  const rates = pairs.filter(({ re }) => re < -zero).map(({ re }) => -re)
  return {
    pairs,
    spectralAbscissa,
    stiffnessRatio: rates.length === 0 ? NaN : Math.max(...rates) / Math.min(...rates),
    stability: spectralAbscissa > zero ? 'unstable' : spectralAbscissa < -zero ? 'asymptotic' : 'marginal',
    portrait: n === 2 ? phasePortrait(matrix, pairs as [EigenPair, EigenPair], zero) : null,
  }
}
