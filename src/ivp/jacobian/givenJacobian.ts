import type { Saved } from '../integrator.ts'
import type { JacobianMatrix } from '../linalg/jacobianMatrix.ts'
import type { JacobianSource } from './jacobianSource.ts'
import type { Structure } from './structure.ts'

/** Entry (i, j) of a matrix in the user's form. */
export type EntryOf = (i: number, j: number) => number

/** A Jacobian computed by the user's function. */
export class JacobianFunction implements JacobianSource {
  readonly isConstant = false
  readonly usesF = false
  count = 0
  declare private readonly structure: Structure
  private readonly call: (t: number, y: Float64Array) => EntryOf
  declare private readonly matrix: JacobianMatrix

  constructor(structure: Structure, call: (t: number, y: Float64Array) => EntryOf) {
    this.structure = structure
    this.call = call
    this.matrix = structure.empty()
  }

  evaluate(t: number, y: Float64Array): JacobianMatrix {
    this.count++
    fill(this.matrix, this.structure, this.call(t, y))
    return this.matrix
  }

  save(): Saved {
    return { count: this.count, values: this.matrix.values.slice() }
  }

  load(saved: Saved): JacobianMatrix {
    const { count, values } = saved as { count: number; values: Float64Array }
    this.count = count
    this.matrix.values.set(values)
    return this.matrix
  }
}

/** A Jacobian that does not change: of a linear problem, or given as a matrix. */
export class ConstantJacobian implements JacobianSource {
  readonly isConstant = true
  readonly usesF = false
  readonly count = 0
  declare private readonly matrix: JacobianMatrix

  constructor(structure: Structure, entryOf: EntryOf) {
    this.matrix = structure.empty()
    fill(this.matrix, structure, entryOf)
  }

  evaluate(): JacobianMatrix {
    return this.matrix
  }

  save(): Saved {
    return null
  }

  load(): JacobianMatrix {
    return this.matrix
  }
}

function fill(matrix: JacobianMatrix, structure: Structure, entryOf: EntryOf): void {
  const { n, columnStart, rowIndex, slot } = structure
  for (let j = 0; j < n; j++) {
    for (let e = columnStart[j]!; e < columnStart[j + 1]!; e++)
      matrix.values[slot[e]!] = entryOf(rowIndex[e]!, j)
  }
}
