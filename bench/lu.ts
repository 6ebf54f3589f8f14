/**
 * From which n on is the dense LU faster in wasm than in plain loops, from which n and width on the banded one, and how much faster is it written
 * out for n = 2 and 3? Factorization and solve of I - c J, real and complex, in turns. (Banded solves are the same code on both.)
 * Command: node bench/lu.ts; writes bench/results/lu.json. The constants in src/ivp/linalg/factorizations.ts follow from it.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { bandedStructure, denseStructure } from '../src/ivp/jacobian/structure.ts'
import { bandedBytes } from '../src/ivp/linalg/bandedArrays.ts'
import { BandedComplexLu } from '../src/ivp/linalg/bandedComplexLu.ts'
import { BandedLu } from '../src/ivp/linalg/bandedLu.ts'
import { DenseComplexLu } from '../src/ivp/linalg/denseComplexLu.ts'
import { DenseLu } from '../src/ivp/linalg/denseLu.ts'
import type { BandedMatrix, DenseMatrix } from '../src/ivp/linalg/jacobianMatrix.ts'
import { takeLuMemory } from '../src/ivp/linalg/luMemory.ts'
import { Shift } from '../src/ivp/linalg/shift.ts'
import { ComplexLu2, ComplexLu3 } from '../src/ivp/linalg/smallComplexLu.ts'
import { Lu2, Lu3 } from '../src/ivp/linalg/smallLu.ts'
import { WasmDenseComplexLu, WasmDenseLu } from '../src/ivp/linalg/wasmDenseLu.ts'
import { machine, writeResult } from './lib/report.ts'

const shift = new Shift().set(1, 0.5, -0.1)
const SEED = 42
const ROUNDS = 25
/** Seconds of one measurement, roughly. */
const BATCH = 5e-4

const random = xoroshiro128plus(SEED)
const uniform = (length: number): Float64Array =>
  Float64Array.from({ length }, () => uniformFloat64(random) - 0.5)

/** Least mean nanoseconds of each run, all measured in every round. @param work - of one run, roughly in nanoseconds */
function nanoseconds(runs: ReadonlyArray<() => void>, work: number): number[] {
  const repeats = Math.ceil(BATCH / (1e-9 * work))
  const best = runs.map(() => Infinity)
  for (let round = 0; round < ROUNDS; round++) {
    runs.forEach((run, r) => {
      const start = performance.now()
      for (let i = 0; i < repeats; i++) run()
      best[r] = Math.min(best[r]!, ((performance.now() - start) / repeats) * 1e6)
    })
  }
  return best
}

const rows = [2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 32, 64, 100, 200].map((n) => {
  const J = denseStructure(n).empty() as DenseMatrix
  J.values.set(uniform(n * n))
  const b = uniform(2 * n)
  const x = new Float64Array(2 * n)
  // Where it is written out, that takes the place of wasm
  const real = [new DenseLu(n), n === 2 ? new Lu2() : n === 3 ? new Lu3() : WasmDenseLu.of(n)!]
  const complex = [
    new DenseComplexLu(n),
    n === 2 ? new ComplexLu2() : n === 3 ? new ComplexLu3() : WasmDenseComplexLu.of(n)!,
  ]
  const runs = [
    ...real.map((lu) => () => void lu.factor(J, shift)),
    ...real.map((lu) => () => (x.set(b), lu.solve(x, 0))),
    ...complex.map((lu) => () => void lu.factor(J, shift)),
    ...complex.map((lu) => () => (x.set(b), lu.solve(x, 0, n))),
  ]
  const best = nanoseconds(runs, 20 + n ** 2).map((time) => Number(time.toPrecision(3)))
  const [factor, otherFactor, solve, otherSolve, zfactor, otherZfactor, zsolve, otherZsolve] = best
  const result = { n, factor, otherFactor, solve, otherSolve, zfactor, otherZfactor, zsolve, otherZsolve }
  console.log(
    `n = ${n}, ns in plain loops / ${n < 4 ? 'written out' : 'wasm'}: factor ${factor} / ${otherFactor}, solve ${solve} / ${otherSolve}, complex ${zfactor} / ${otherZfactor}, ${zsolve} / ${otherZsolve}`,
  )
  return result
})
const bands = [
  [7, 2],
  [10, 1],
  [10, 2],
  [10, 4],
  [30, 2],
  [30, 5],
  [1000, 1],
  [1000, 2],
  [1000, 3],
  [1000, 5],
  [1000, 10],
  [1000, 20],
  [1000, 50],
].map((size) => {
  const [n, width] = size as [number, number]
  const band = [n, width, width] as const
  const J = bandedStructure(...band).empty() as BandedMatrix
  J.values.set(uniform(J.values.length))
  const runs = [
    new BandedLu(...band),
    new BandedLu(...band, takeLuMemory(bandedBytes(...band, 1))),
    new BandedComplexLu(...band),
    new BandedComplexLu(...band, takeLuMemory(bandedBytes(...band, 2))),
  ].map((lu) => () => void lu.factor(J, shift))
  const best = nanoseconds(runs, 200 + n * width ** 2).map((time) => Number(time.toPrecision(3)))
  const [factor, otherFactor, zfactor, otherZfactor] = best
  console.log(
    `n = ${n}, ${width} diagonals on each side, ns in plain loops / wasm: ${factor} / ${otherFactor}, complex ${zfactor} / ${otherZfactor}`,
  )
  return { n, width, factor, otherFactor, zfactor, otherZfactor }
})
writeResult('lu', { command: 'node bench/lu.ts', ...machine(), seed: SEED, rounds: ROUNDS, rows, bands })
