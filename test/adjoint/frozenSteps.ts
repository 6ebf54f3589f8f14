import type { ErkMethod } from '../../src/index.ts'

type F = (t: number, y: Float64Array, dy: Float64Array) => void

/** An output at time t, read from the interpolant of step number `step`. */
export interface FrozenOutput {
  readonly t: number
  readonly step: number
}

/** For each time the step that reports it: the first one that reaches it. */
export function locate(mesh: ArrayLike<number>, ts: ReadonlyArray<number>): FrozenOutput[] {
  const direction = Math.sign(mesh[1]! - mesh[0]!)
  const ends = Array.from(mesh).slice(1)
  return ts.map((t) => ({ t, step: ends.findIndex((end) => direction * (t - end) <= 0) }))
}

/**
 * Outputs of an explicit Runge-Kutta method over steps that are given: the map that the discrete adjoint differentiates, written a second
 * time straight from the full tableau and the textbook's interpolants, in float64.
 * @param mesh - t_0 ... t_N
 */
export function overFrozenSteps(
  method: ErkMethod,
  f: F,
  mesh: ArrayLike<number>,
  y0: Float64Array,
  outputs: ReadonlyArray<FrozenOutput>,
): Float64Array[] {
  const { a, b, c, dense } = method.tableau
  const found: Float64Array[] = []
  let y = y0
  for (let step = 0; step + 1 < mesh.length; step++) {
    const t = mesh[step]!
    const h = mesh[step + 1]! - t
    const start = y
    const k: Float64Array[] = []
    const plus = (weights: ReadonlyArray<number>): Float64Array =>
      start.map((value, i) => value + h * weights.reduce((sum, w, j) => sum + w * (k[j]?.[i] ?? 0), 0))
    const stage = (node: number, at: Float64Array): void => {
      const slope = new Float64Array(at.length)
      f(t + node * h, at, slope)
      k.push(slope)
    }
    a.forEach((row, i) => stage(c[i]!, plus(row)))
    const end = plus(b)
    stage(1, end)
    if (dense.kind === 'nested') dense.a.forEach((row, i) => stage(dense.c[i]!, plus(row)))
    const at = (x: number): Float64Array => {
      switch (dense.kind) {
        case 'polynomial':
          return plus(dense.p.map((row) => row.reduce((sum, p, q) => sum + p * x ** (q + 1), 0)))
        case 'hermite': {
          const s = b.length
          return start.map(
            (y0i, i) =>
              (1 - x) ** 2 * (1 + 2 * x) * y0i +
              x ** 2 * (3 - 2 * x) * end[i]! +
              h * x * (1 - x) ** 2 * k[0]![i]! -
              h * x ** 2 * (1 - x) * k[s]![i]!,
          )
        }
        case 'nested': {
          const s = b.length
          return start.map((y0i, i) => {
            const delta = end[i]! - y0i
            const f0 = h * k[0]![i]! - delta
            const f1 = 2 * delta - h * (k[0]![i]! + k[s]![i]!)
            const further = dense.d.map((row) => h * row.reduce((sum, d, j) => sum + d * k[j]![i]!, 0))
            const nested = [delta, f0, f1, ...further].reduceRight(
              (inner, q, level) => (level % 2 === 0 ? x : 1 - x) * (q + inner),
              0,
            )
            return y0i + nested
          })
        }
      }
    }
    outputs.forEach((output, j) => {
      if (output.step === step) found[j] = at((output.t - t) / h)
    })
    y = end
  }
  return found
}
