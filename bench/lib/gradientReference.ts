/** torchdiffeq's gradients as the test of ours needs them, which runs without Python. */
import { writeFileSync } from 'node:fs'
import { theirGradients, type GradientCase } from './gradientComparison.ts'
import { GRADIENT_PROBLEMS } from './gradientProblems.ts'

const FILE = new URL('../../test/adjoint/torchdiffeq.json', import.meta.url)

/** @param about - command, seed, machine and versions */
export function writeReference(about: object): void {
  const cases = GRADIENT_PROBLEMS.filter(({ rhs }) => rhs !== null).map((problem): GradientCase => ({
    problem,
    method: 'dopri5',
    precision: 'f64',
    rtol: 1e-10,
    atol: 1e-12,
    ts: problem.several,
    withTimes: true,
  }))
  const { answers } = theirGradients(cases)
  const problems = cases.map(({ problem, method, rtol, atol, ts }, i) => {
    const { states, h0, theta, ts: times } = answers[i]!
    const given = {
      problem: problem.name,
      method,
      rtol,
      atol,
      ts,
      h0: problem.h0,
      theta: Array.from(problem.theta),
    }
    return { ...given, expected: { states, h0, theta, ts: times } }
  })
  const loss = 'half the mean square of all outputs after the first'
  writeFileSync(FILE, `${JSON.stringify({ ...about, loss, problems }, null, 1)}\n`)
}
