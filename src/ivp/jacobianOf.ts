import { IvpInputError } from './errors.ts'
import { oddEntryOf, shapeOf } from './check/matrix.ts'
import { FiniteDifferences } from './jacobian/finiteDifferences.ts'
import type { EvaluateMany } from './jacobian/groupDifferences.ts'
import { ConstantJacobian, JacobianFunction, type EntryOf } from './jacobian/givenJacobian.ts'
import type { JacobianOrigin } from './jacobian/jacobianCheck.ts'
import type { JacobianSource } from './jacobian/jacobianSource.ts'
import { bandedStructure, denseStructure, sparseStructure, type Structure } from './jacobian/structure.ts'
import { LentState, wroteIntoY } from './lentState.ts'
import { tellOnce } from './noticed.ts'
import type { MatrixLike } from './options.ts'
import type { Problem } from './problem.ts'
import type { CountedRhs } from './rhs.ts'
import { zerosLike, type FloatArray } from './space/typedArraySpace.ts'
import type { Rhs } from './space/workspace.ts'

/** Which entries the Jacobian of a problem has. */
export function jacobianStructure<V extends FloatArray>({ y0, jacobian }: Problem<V>): Structure {
  return structureOf(y0.length, jacobian.sparsity, jacobian.band)
}

/** Of which option the Jacobian, or at least its pattern, is; null if it is a full one by differences. */
export function jacobianOrigin<V extends FloatArray>({ jacobian }: Problem<V>): JacobianOrigin | null {
  if (jacobian.jac !== null) return 'jac'
  if (jacobian.sparsity !== null) return 'jacSparsity'
  return jacobian.band === null ? null : 'lband and uband'
}

/** Chooses the source of the Jacobian from the options. */
export function jacobianSource<V extends FloatArray>(
  problem: Problem<V>,
  structure: Structure,
  rhs: CountedRhs<V>,
  epsilon: number,
): JacobianSource {
  const { y0, args, tolerance, jacobian } = problem
  const { jac, band } = jacobian
  const n = y0.length
  if (jac === null) {
    const evaluateMany = problem.form === 'vectorized' ? allAtOnce(y0, rhs) : oneAfterAnother(y0, rhs)
    return new FiniteDifferences(structure, evaluateMany, tolerance.atol, epsilon)
  }
  const entries = (matrix: MatrixLike): EntryOf => {
    const entry = entryOf(matrix)
    return band === null ? entry : (i, j) => entry(band[1] + i - j, j)
  }
  if (typeof jac !== 'function') return new ConstantJacobian(structure, entries(jac))
  const [rows, columns] = band === null ? [n, n] : [band[0] + band[1] + 1, n]
  const asState = statesLike(y0)
  const lent = new LentState(y0)
  let hasWritten = false
  return new JacobianFunction(structure, (t, y) => {
    const state = asState(y)
    const matrix = jac(t, lent.lend(state), ...args)
    if (!hasWritten && lent.wasWritten(state)) {
      hasWritten = true
      tellOnce(problem.warnings, wroteIntoY('`jac`', 'return the matrix, and leave y as it is'))
    }
    const shape = shapeOf(matrix)
    if (shape === null || shape[0] !== rows || shape[1] !== columns)
      throw new IvpInputError('jac', matrix, `must return a matrix of ${rows} x ${columns}`)
    const odd = oddEntryOf(matrix)
    if (odd !== null)
      throw new IvpInputError('jac', matrix, `must return a matrix of numbers; ${odd} is none`)
    return entries(matrix)
  })
}

/**
 * Rounds float64 states, in which implicit methods work, to the element type of y0: in one buffer, valid
 * until the next call.
 */
function statesLike<V extends FloatArray>(y0: V): (y: Float64Array) => V {
  if (y0 instanceof Float64Array) return (y) => y as unknown as V
  const state = zerosLike(y0)
  return (y) => {
    state.set(y)
    return state
  }
}

/** One call of a vectorized right-hand side. */
function allAtOnce<V extends FloatArray>(y0: V, rhs: CountedRhs<V>): EvaluateMany {
  const inDouble = new Float64Array(y0.length)
  return (t, count, write, read) => {
    const states = Array.from({ length: count }, (_, g) => {
      const state = zerosLike(y0)
      write(g, inDouble)
      state.set(inDouble)
      return state
    })
    rhs.many(t, states).forEach((f, g) => {
      inDouble.set(f)
      read(g, inDouble)
    })
  }
}

function oneAfterAnother<V extends FloatArray>(y0: V, rhs: CountedRhs<V>): EvaluateMany {
  const { uncounted } = rhs
  const state = new Float64Array(y0.length)
  const f = new Float64Array(y0.length)
  if (y0 instanceof Float64Array) {
    const call = uncounted as unknown as Rhs<Float64Array>
    return (t, count, write, read) => {
      for (let g = 0; g < count; g++) {
        write(g, state)
        read(g, call(t, state, f))
      }
    }
  }
  const given = zerosLike(y0)
  const returned = zerosLike(y0)
  return (t, count, write, read) => {
    for (let g = 0; g < count; g++) {
      write(g, state)
      given.set(state)
      f.set(uncounted(t, given, returned))
      read(g, f)
    }
  }
}

function structureOf(
  n: number,
  sparsity: MatrixLike | null,
  band: readonly [number, number] | null,
): Structure {
  if (band !== null) return bandedStructure(n, band[0], band[1])
  if (sparsity === null) return denseStructure(n)
  const entry = entryOf(sparsity)
  return sparseStructure(n, (i, j) => entry(i, j) !== 0)
}

export function entryOf(matrix: MatrixLike): EntryOf {
  return 'get' in matrix ? (i, j) => matrix.get(i, j) : (i, j) => matrix[i]![j]!
}
