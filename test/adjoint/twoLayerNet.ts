import type { FloatArray } from '../../src/index.ts'
import type { DifferentiableRhs } from '../../src/adjoint/index.ts'

/** n components, m hidden units. */
export interface NetSize {
  readonly n: number
  readonly m: number
}

/** Lengths of W, w, b, V, c. */
export function netParamSizes({ n, m }: NetSize): number[] {
  return [m * n, m, m, n * m, n]
}

/** dh/dt = V tanh(W h + w t + b) + c with theta = [W | w | b | V | c], matrices row-major. */
export function twoLayerNet<A extends FloatArray>(
  { n, m }: NetSize,
  theta: ArrayLike<number>,
): DifferentiableRhs<A> {
  const paramSizes = netParamSizes({ n, m })
  const [time, bias, outer, outerBias, nParams] = ends(paramSizes)
  const hidden = (t: number, h: A, i: number): number => {
    let s = theta[time! + i]! * t + theta[bias! + i]!
    for (let j = 0; j < n; j++) s += theta[i * n + j]! * h[j]!
    return Math.tanh(s)
  }
  return {
    nParams: nParams!,
    paramSizes,
    f: (t, h, dh) => {
      for (let k = 0; k < n; k++) dh[k] = theta[outerBias! + k]!
      for (let i = 0; i < m; i++) {
        const z = hidden(t, h, i)
        for (let k = 0; k < n; k++) dh[k] = dh[k]! + theta[outer! + k * m + i]! * z
      }
    },
    vjp: (t, h, a, { dh, ah, atheta }) => {
      ah.fill(0)
      for (let k = 0; k < n; k++) {
        dh[k] = theta[outerBias! + k]!
        atheta[outerBias! + k] = a[k]!
      }
      for (let i = 0; i < m; i++) {
        const z = hidden(t, h, i)
        let g = 0
        for (let k = 0; k < n; k++) {
          const v = outer! + k * m + i
          dh[k] = dh[k]! + theta[v]! * z
          g += a[k]! * theta[v]!
          atheta[v] = a[k]! * z
        }
        g *= 1 - z * z
        atheta[time! + i] = g * t
        atheta[bias! + i] = g
        for (let j = 0; j < n; j++) {
          ah[j] = ah[j]! + g * theta[i * n + j]!
          atheta[i * n + j] = g * h[j]!
        }
      }
    },
  }
}

function ends(sizes: ReadonlyArray<number>): number[] {
  let end = 0
  return sizes.map((size) => (end += size))
}
