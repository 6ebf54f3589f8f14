/**
 * Does the time for a step grow as the number of components, and how much memory does a solve take? RK45 on y' = -y / 2 with an in-place
 * right-hand side, n = 1e3 ... 1e7, float64 and float32, each solve in a process of its own.
 * Command: node bench/scaling.ts [largest n]; all sizes write bench/results/scaling.json, scaling.svg and scaling.png.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { writeFigure } from './lib/figure.ts'
import { machine, writeResult } from './lib/report.ts'
import { GOALS, scalingFigure, type ScalingRow } from './lib/scalingFigure.ts'

const LARGEST = 1e7
const SIZES = [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, LARGEST]
const PRECISIONS = ['f64', 'f32'] as const
/** Processes for each size; the fastest counts. */
const ROUNDS = 2
/** Below this, what a process needs anyhow and whole pages of 64 kB count for more than the vectors. */
const MEMORY_FROM = 1e6

const runner = fileURLToPath(new URL('runners/scaling.ts', import.meta.url))

function measure(n: number, precision: string): ScalingRow {
  const { stdout, stderr, status } = spawnSync(process.execPath, [runner, String(n), precision], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`n = ${n}, ${precision}: ${stderr}`)
  return JSON.parse(stdout) as ScalingRow
}

const largest = Number(process.argv[2] ?? LARGEST)
const rows = PRECISIONS.flatMap((precision) =>
  SIZES.filter((n) => n <= largest).map((n) => {
    const rounds = Array.from({ length: ROUNDS }, () => measure(n, precision))
    const row = rounds.reduce((a, b) =>
      b.nanosecondsPerStepAndComponent < a.nanosecondsPerStepAndComponent ? b : a,
    )
    console.log(
      `n = ${n.toExponential(0)}, ${precision}: ${row.nanosecondsPerStepAndComponent.toPrecision(3)} ns per step and component (f alone ${row.nanosecondsPerCallAndComponent.toPrecision(2)} ns per call), ` +
        `vectors at first call ${row.vectorsAtFirstCall.toFixed(2)}, stepping ${row.vectorsWhileStepping.toFixed(2)}, with result ${row.vectorsWithResult.toFixed(2)}, resident ${row.vectorsResident.toFixed(2)}`,
    )
    return row
  }),
)

if (largest === LARGEST) {
  const verdicts = PRECISIONS.map((precision) => {
    const own = rows.filter((row) => row.precision === precision)
    const times = own.map((row) => row.nanosecondsPerStepAndComponent)
    const growth = Math.max(...times) / times[0]!
    const big = own.filter(({ n }) => n >= MEMORY_FROM)
    const vectors = Math.max(...big.map((row) => Math.max(row.vectorsWithResult, row.vectorsResident)))
    return {
      precision,
      growth,
      isGrowthWithinGoal: growth <= GOALS.growth,
      vectors,
      // Whole pages and what the process needs anyhow are a few thousandths of a vector
      isMemoryWithinGoal: vectors < GOALS.vectors + 0.05,
    }
  })
  for (const { precision, growth, isGrowthWithinGoal, vectors, isMemoryWithinGoal } of verdicts) {
    console.log(
      `${precision}: time per step and component at most ${growth.toPrecision(3)} times that of n = 1e3 (goal ${GOALS.growth}: ${isGrowthWithinGoal ? 'met' : 'MISSED'}); ` +
        `at most ${vectors.toPrecision(3)} state vectors from n = 1e6 on, the returned state counted, the caller's y0 not (goal ${GOALS.vectors}: ${isMemoryWithinGoal ? 'met' : 'MISSED'})`,
    )
  }

  writeResult('scaling', {
    command: 'node bench/scaling.ts',
    ...machine(),
    rounds: ROUNDS,
    problem: "y' = -y / 2 on [0, 10], rtol 1e-6, atol 1e-9, save 'last'; f is included in the times",
    memory: "in state vectors beside the caller's y0",
    goals: GOALS,
    verdicts,
    rows,
  })
  writeFigure('scaling', scalingFigure(rows, MEMORY_FROM))
}
