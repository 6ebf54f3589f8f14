import type { Pattern } from '../linalg/minimumDegree.ts'

/**
 * Groups of columns without a row in common: one evaluation of the right-hand side differentiates a whole group. Group g has the
 * columns columns[start[g]] .. columns[start[g + 1] - 1].
 */
export interface ColumnGroups {
  readonly start: Int32Array
  readonly columns: Int32Array
}

/** A group for every column. */
export function oneByOne(n: number): ColumnGroups {
  return {
    start: Int32Array.from({ length: n + 1 }, (_, g) => g),
    columns: Int32Array.from({ length: n }, (_, j) => j),
  }
}

/** Every `period`-th column together. */
export function periodic(n: number, period: number): ColumnGroups {
  const groups: number[][] = Array.from({ length: Math.min(period, n) }, () => [])
  for (let j = 0; j < n; j++) groups[j % period]!.push(j)
  return flat(groups)
}

/**
 * Each column joins the first group that it fits.
 * @see Curtis, Powell, Reid, "On the estimation of sparse Jacobian matrices", J. Inst. Maths Applics 13 (1974)
 */
export function columnGroups({ n, columnStart, rowIndex }: Pattern): ColumnGroups {
  const groups: { readonly columns: number[]; readonly isTaken: Uint8Array }[] = []
  for (let j = 0; j < n; j++) {
    const rows = rowIndex.subarray(columnStart[j]!, columnStart[j + 1]!)
    let group = groups.find(({ isTaken }) => rows.every((i) => isTaken[i] === 0))
    if (group === undefined) {
      group = { columns: [], isTaken: new Uint8Array(n) }
      groups.push(group)
    }
    group.columns.push(j)
    for (const i of rows) group.isTaken[i] = 1
  }
  return flat(groups.map(({ columns }) => columns))
}

function flat(groups: ReadonlyArray<ReadonlyArray<number>>): ColumnGroups {
  const start = new Int32Array(groups.length + 1)
  groups.forEach((group, g) => (start[g + 1] = start[g]! + group.length))
  return { start, columns: Int32Array.from(groups.flat()) }
}
