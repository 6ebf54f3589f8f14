import { solveIvp, type EventObject, type IvpOptions, type IvpResult } from '../../src/index.ts'
import { decode, problems, type CorpusCase } from './corpus.ts'

const OPTION_NAMES: Record<string, string> = {
  rtol: 'rtol',
  atol: 'atol',
  first_step: 'firstStep',
  max_step: 'maxStep',
  min_step: 'minStep',
  t_eval: 'tEval',
  dense_output: 'denseOutput',
  vectorized: 'vectorized',
  lband: 'lband',
  uband: 'uband',
  jac_sparsity: 'jacSparsity',
}

const decodeAll = (value: unknown): unknown => (Array.isArray(value) ? value.map(decodeAll) : decode(value))

/** Runs a case of the corpus through `solveIvp`; counts the calls of the right-hand side. */
export function runCase(c: CorpusCase): { result: IvpResult; calls: number } {
  const problem = problems[c.problem]!
  const isVectorized = c.options['vectorized'] === true
  const withArgs = c.options.use_args === true
  const bound = withArgs ? [] : c.params
  let calls = 0
  const fun = (t: number, y: ArrayLike<number>, ...rest: number[]): ArrayLike<number> => {
    calls++
    if (!isVectorized) return problem.f(t, y, ...bound, ...rest)
    const rows = y as unknown as number[][]
    const columns = Array.from(rows[0]!, (_, q) => rows.map((row) => row[q]!))
    const derivatives = columns.map((column) => problem.f(t, column, ...bound, ...rest))
    return rows.map((_, i) => derivatives.map((column) => column[i]!)) as never
  }
  const options: Record<string, unknown> = { method: c.method }
  for (const [name, value] of Object.entries(c.options)) {
    const ours = OPTION_NAMES[name]
    if (ours !== undefined) options[ours] = decodeAll(value)
  }
  const jacobian = jacobianOf(c, bound)
  if (jacobian !== undefined) options['jac'] = jacobian
  if (withArgs) options['args'] = c.params
  if (c.options.events !== undefined) {
    const events = c.options.events.map(
      ({ id, terminal, direction }): EventObject<Float64Array, number[]> => {
        const g = problem.events[id]!
        return { fn: (t, y, ...rest) => g(t, y, ...bound, ...rest), terminal, direction }
      },
    )
    options['events'] = c.options.single_event === true ? events[0] : events
  }
  const result = solveIvp(
    fun as (t: number, y: Float64Array) => ArrayLike<number>,
    decodeAll(c.t_span) as [number, number],
    decodeAll(c.y0) as number[],
    options as IvpOptions<Float64Array> & { vectorized?: false; inPlace?: false },
  )
  return { result, calls }
}

/** The Jacobian that a case asks for: the problem's own as a function, evaluated once, or a matrix of the case. */
function jacobianOf(c: CorpusCase, bound: ReadonlyArray<number>): unknown {
  const { jac } = c.options
  const own = problems[c.problem]!.jac
  if (jac === undefined || jac === 'none') return undefined
  if (jac === 'const') return own(decode(c.t_span[0]), decodeAll(c.y0) as number[], ...c.params)
  if (jac === 'analytic') {
    return (t: number, y: ArrayLike<number>, ...rest: number[]) => own(t, y, ...bound, ...rest)
  }
  return decodeAll(jac)
}
