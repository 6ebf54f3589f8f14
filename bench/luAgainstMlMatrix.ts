/**
 * Dense LU of the implicit methods against ml-matrix's, side by side: factorization and one solve of I - c J.
 * Command: node bench/luAgainstMlMatrix.ts; writes bench/results/lu-against-ml-matrix.json.
 */
import { LuDecomposition, Matrix } from 'ml-matrix'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { denseStructure } from '../src/ivp/jacobian/structure.ts'
import { Shift } from '../src/ivp/linalg/shift.ts'
import { shiftedSystem } from '../src/ivp/linalg/factorizations.ts'
import { machine, writeResult } from './lib/report.ts'

const shift = new Shift().set(1, 0, -0.1)
const SEED = 42
const ROUNDS = 15

const random = xoroshiro128plus(SEED)
const rows = [2, 5, 10, 20, 50, 100, 200].map((n) => {
  const J = denseStructure(n).empty()
  J.values.forEach((_, k) => (J.values[k] = uniformFloat64(random) - 0.5))
  const b = Float64Array.from({ length: n }, () => uniformFloat64(random))
  const system = shiftedSystem(J)
  const repeats = Math.ceil(4e6 / n ** 3) + 1
  const ours = (): void => {
    system.factor(J, shift)
    system.solve(b.slice(), 0)
  }
  const matrix = Matrix.from1DArray(n, n, [...J.values])
  const theirs = (): void => {
    new LuDecomposition(Matrix.eye(n).sub(Matrix.mul(matrix, 0.1))).solve(Matrix.columnVector([...b]))
  }
  const microseconds = (run: () => void): number => {
    const start = performance.now()
    for (let i = 0; i < repeats; i++) run()
    return ((performance.now() - start) / repeats) * 1e3
  }
  const pairs = Array.from({ length: ROUNDS }, () => [microseconds(ours), microseconds(theirs)] as const)
  const median = (values: number[]): number => values.sort((a, c) => a - c)[values.length >> 1]!
  const result = {
    n,
    oursMicroseconds: median(pairs.map(([a]) => a)),
    mlMatrixMicroseconds: median(pairs.map(([, c]) => c)),
    ratio: median(pairs.map(([a, c]) => c / a)),
  }
  console.log(
    `n = ${n}: ${result.oursMicroseconds.toFixed(2)} us, ml-matrix ${result.ratio.toFixed(1)} times that`,
  )
  return result
})

writeResult('lu-against-ml-matrix', {
  command: 'node bench/luAgainstMlMatrix.ts',
  ...machine(),
  seed: SEED,
  rounds: ROUNDS,
  rows,
})
