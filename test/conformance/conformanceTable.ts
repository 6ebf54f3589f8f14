/** The table of docs/conformance.md. */
import type { Measured } from './compare.ts'
import type { CorpusCase } from './corpus.ts'

const METHODS = ['RK23', 'RK45', 'DOP853', 'Radau', 'BDF', 'LSODA']

/** Two digits are enough to see a change, and few enough to be the same on every machine. */
const round = (value: number): string => (Number.isFinite(value) ? value.toPrecision(2) : '-')

export function conformanceTable(
  cases: ReadonlyArray<CorpusCase>,
  measured: ReadonlyMap<CorpusCase, Measured>,
): string {
  const rows = METHODS.map((method) => {
    const of = cases.filter((c) => c.method === method && measured.has(c))
    const values = of.map((c) => measured.get(c)!)
    const equal = values.filter(({ nfev, scipyNfev }) => nfev === scipyNfev).length
    const ratio = sum(values.map(({ nfev }) => nfev)) / sum(values.map(({ scipyNfev }) => scipyNfev))
    const withReference = of.filter((c) => Number.isFinite(measured.get(c)!.units))
    const ours = median(withReference.map((c) => measured.get(c)!.units))
    const scipys = median(withReference.map((c) => c.compare.scipy_err_end ?? NaN))
    return `| ${method} | ${of.length} | ${equal} | ${ratio.toFixed(3)} | ${round(ours)} | ${round(scipys)} |`
  })
  const rejected = cases.filter((c) => c.compare.class === 'reject').length
  const failing = cases.filter((c) => c.category === 'failure').length
  return `# Conformance

Written by the test run (\`npx vitest run test/conformance -u\`) from the ${cases.length} cases of
\`test/conformance/cases.json\`, which scipy made; \`test/conformance/FORMAT.md\` says what each class of cases
demands. Complex states are left out.

| method | cases | same nfev | nfev of ours / of scipy's | median error at the end, in tolerances | scipy's |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

Errors are those of the cases with a reference solution. RK23, RK45 and DOP853 take scipy's steps (mesh equal
to rounding) wherever scipy's own run is reproducible. LSODA does wherever the Jacobian is given or not
needed; its finite differences adapt their increments, which ODEPACK's do not, and need fewer Jacobians.
Besides, ${rejected} bad inputs are rejected before the first call, and ${failing} solves fail
as scipy's do.
`
}

function sum(values: ReadonlyArray<number>): number {
  return values.reduce((a, b) => a + b, 0)
}

function median(values: ReadonlyArray<number>): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
