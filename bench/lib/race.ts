/** Runs solvers side by side: each in a process of its own, one after the other, round after round. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { solveIvp } from '../../src/ivp/index.ts'
import { problemNamed } from './problems.ts'
import { write, type Answer, type Request } from './protocol.ts'

/** A solver that can be asked: a command that speaks the protocol. */
export interface Racer {
  readonly name: string
  /** What it calls its method. */
  readonly method: string
  readonly command: ReadonlyArray<string>
}

export interface Outcome {
  readonly name: string
  readonly seconds: number
  readonly rhsSeconds: number
  /** Time without the right-hand side's: seconds - nfev rhsSeconds. */
  readonly overheadSeconds: number
  readonly nfev: number
  /** Of the end state against a solve with tight tolerances: largest difference over largest component. */
  readonly error: number
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const built = (name: string): string => at(`peers/build/${name}`)

export const ours = (method: string, precision: 'f64' | 'f32' = 'f64'): Racer => ({
  name: 'solve-ivp',
  method,
  command: [process.execPath, at('runners/ours.ts'), precision],
})
export const scipy = (method: string, precision: 'f64' | 'f32' = 'f64'): Racer => ({
  name: 'scipy',
  method,
  command: [built('venv/bin/python'), at('peers/scipyPeer.py'), precision],
})
/** What compiled code may use: all that this machine has, or as wasm vectors of 128 bits and no fused multiply-add. */
export type Instructions = 'native' | '128 bits'
const setOf = (instructions: Instructions): string => (instructions === 'native' ? '' : '_128')
const nameWith = (name: string, instructions: Instructions): string =>
  instructions === 'native' ? name : `${name}, ${instructions}`
/** dopri5, dop853, radau5 or lsoda. */
export const fortran = (method: string, instructions: Instructions = 'native'): Racer => ({
  name: nameWith(method, instructions),
  method,
  command: [built(`hairer${setOf(instructions)}`)],
})
export const inC = (precision: 'f64' | 'f32' = 'f64', instructions: Instructions = 'native'): Racer => ({
  name: nameWith('RK45 in C', instructions),
  method: 'RK45',
  command: [built(`rk45_${precision}${setOf(instructions)}`)],
})
export const boost = (precision: 'f64' | 'f32' = 'f64'): Racer => ({
  name: 'Boost.odeint',
  method: 'dopri5',
  command: [built(`boost_${precision}`)],
})
export const javascriptPeer = (name: string): Racer => ({
  name,
  method: name,
  command: [process.execPath, at('peers/javascriptPeer.mjs')],
})

/** Half of what a process with a JavaScript solver takes to start is compiling; no measured time has a part in it. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'solve-ivp-bench-compile-cache')

/** Asks once. Null if the solver failed, took longer than `limit` seconds or ended at a state that is not finite. */
export function ask(racer: Racer, request: Request, limit = 120): Answer | null {
  const [program, ...rest] = racer.command
  if (!existsSync(program!))
    throw new Error(`${racer.name} is not there: run \`bash bench/peers/setup.sh\` first`)
  const { stdout, status, stderr } = spawnSync(program!, rest, {
    input: write({ ...request, method: racer.method }, problemNamed(request.problem)),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: limit * 1e3,
    env: { ...process.env, NODE_COMPILE_CACHE },
  })
  if (status === 0) {
    // JSON has no NaN: JavaScript writes null for it, C and Python write what JSON cannot hold
    const answer = /nan|inf/i.test(stdout) ? null : (JSON.parse(stdout) as Answer)
    return answer?.y.every(Number.isFinite) ? answer : null
  }
  if (stderr !== '') console.error(`${racer.name} on ${request.problem}: ${stderr.trim().split('\n').at(-1)}`)
  return null
}

/** The state at t1 by a method of high order with tight tolerances, times `looseness`. */
export function referenceOf(problemName: string, looseness = 1): Float64Array {
  const { t1, y0, band, rhs } = problemNamed(problemName)
  const isStiff = band !== undefined || STIFF.has(problemName)
  const bands = band === undefined ? {} : { lband: band[0], uband: band[1] }
  const { states, message, status } = solveIvp(rhs as never, [0, t1], Float64Array.from(y0), {
    method: isStiff ? 'Radau' : 'DOP853',
    rtol: looseness * (isStiff ? 1e-11 : 3e-14),
    atol: looseness * (isStiff ? 1e-16 : 1e-15),
    inPlace: true,
    save: 'last',
    ...bands,
  })
  if (status !== 0) throw new Error(`reference of ${problemName}: ${message}`)
  return states[0]!
}

const STIFF = new Set(['robertson', 'vdpStiff', 'hires', 'dense'])

export function errorOf(y: ReadonlyArray<number>, reference: Float64Array): number {
  const size = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return reference.reduce((most, value, i) => Math.max(most, Math.abs(y[i]! - value)), 0) / size
}

/** Best of `rounds`, taken in turns, so that a slow spell of the machine meets all of them. */
export function race(
  racers: ReadonlyArray<Racer>,
  request: Omit<Request, 'method'>,
  rounds: number,
  reference: Float64Array = referenceOf(request.problem),
): Outcome[] {
  const answers = racers.map((): Answer[] => [])
  for (let round = 0; round < rounds; round++) {
    racers.forEach((racer, r) => {
      const answer = ask(racer, { ...request, method: racer.method })
      if (answer !== null) answers[r]!.push(answer)
    })
  }
  return racers.flatMap((racer, r) => {
    const all = answers[r]!
    if (all.length === 0) return []
    const seconds = Math.min(...all.map((answer) => answer.seconds))
    const rhsSeconds = Math.min(...all.map((answer) => answer.rhsSeconds))
    const { nfev, y } = all[0]!
    return [
      {
        name: racer.name,
        seconds,
        rhsSeconds,
        overheadSeconds: seconds - nfev * rhsSeconds,
        nfev,
        error: errorOf(y, reference),
      },
    ]
  })
}
