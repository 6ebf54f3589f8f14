/** What a benchmark asks of a peer, and what the peer answers: one line of text each way, so that peers may be written in any language. */
import { readFileSync } from 'node:fs'

export interface Request {
  readonly problem: string
  readonly method: string
  readonly rtol: number
  readonly atol: number
  /** Seconds to measure for. */
  readonly budget: number
}

export interface Answer {
  /** Of one whole solve. */
  readonly seconds: number
  /** Of one bare call of the right-hand side. */
  readonly rhsSeconds: number
  readonly nfev: number
  /** The state at the end. */
  readonly y: ReadonlyArray<number>
}

export function write(
  request: Request,
  problem: {
    readonly t1: number
    readonly y0: ReadonlyArray<number>
    readonly band?: readonly [number, number]
  },
): string {
  const { method, rtol, atol, budget } = request
  const { t1, y0, band } = problem
  return [request.problem, method, rtol, atol, budget, ...(band ?? [-1, -1]), 0, t1, y0.length, ...y0].join(
    ' ',
  )
}

/** The request on standard input; initial state and interval come from the problem's name. */
export function readRequest(): Request {
  const [problem, method, rtol, atol, budget] = readFileSync(0, 'utf8').split(/\s+/)
  return {
    problem: problem!,
    method: method!,
    rtol: Number(rtol),
    atol: Number(atol),
    budget: Number(budget),
  }
}

export function sendAnswer(answer: Answer): void {
  console.log(JSON.stringify({ ...answer, y: Array.from(answer.y) }))
}
