import { readFileSync } from 'node:fs'
import { assert, describe, expect, it } from 'vitest'
import { solveIvp, type MethodName } from '../../src/index.ts'
import { decode, problems } from './corpus.ts'

/** One line of workprecision.json: end states that no integrator under test made, and scipy's error for each run. */
interface Reference {
  readonly problem: string
  readonly params: number[]
  readonly t_span: [number, number]
  readonly y0: number[]
  readonly ref: number[]
  readonly runs: ReadonlyArray<{
    readonly method: MethodName
    readonly rtol: number
    readonly atol: number
    readonly jac: boolean
    readonly scipy_units: number
    readonly scipy_nfev: number
  }>
}

const { entries } = JSON.parse(readFileSync(new URL('workprecision.json', import.meta.url), 'utf8')) as {
  entries: Reference[]
}

const runs = entries.flatMap((reference) => reference.runs.map((run) => ({ ...reference, ...run })))

const measured = new Map<(typeof runs)[number], { readonly nfev: number; readonly units: number }>()

describe('work and precision', () => {
  it.each(runs)('$problem, $method at rtol $rtol', (run) => {
    const { f, jac } = problems[run.problem]!
    const { params, method, rtol, atol } = run
    const result = solveIvp((t, y: Float64Array) => f(t, y, ...params), run.t_span, run.y0, {
      method,
      rtol,
      atol,
      ...(run.jac ? { jac: (t: number, y: Float64Array) => jac!(t, y, ...params) as number[][] } : {}),
    })
    assert.isTrue(result.success)
    const end = result.states.at(-1)!
    const units = Math.max(
      ...run.ref.map((y, i) => Math.abs(end[i]! - decode(y)) / (atol + rtol * Math.abs(decode(y)))),
    )
    measured.set(run, { nfev: result.nfev, units })
    assert.isAtMost(units, Math.max(3 * run.scipy_units, method === 'LSODA' ? 10 : 3), 'error in tolerances')
    assert.isAtMost(result.nfev, 1.1 * run.scipy_nfev + 5, 'nfev')
  })
  it('is what docs/work-precision.md says (vitest -u writes it)', async () => {
    const rows = runs.map((run) => {
      const { nfev, units } = measured.get(run)!
      const error = units < 0.01 ? '< 0.01' : units.toPrecision(2)
      return `| ${run.problem} | ${run.method} | ${run.rtol} | ${nfev} | ${run.scipy_nfev} | ${error} |`
    })
    const table = `# Work and precision

Written by the test run (\`npx vitest run test/conformance -u\`): evaluations of the right-hand side, and the
error at the end against references that no integrator under test made
(\`test/conformance/workprecision.json\`), in tolerances atol + rtol |y|.

| problem | method | rtol | nfev | scipy's | error |
| --- | --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`
    await expect(table).toMatchFileSnapshot('../../docs/work-precision.md')
  })
})
