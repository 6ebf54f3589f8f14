/**
 * Which components the error norm looks at: blocks `[from, to)` of the flat state. The norm is the largest of
 * the blocks' RMS norms; components outside every block are integrated but do not steer the step size.
 *
 * One block over everything is scipy's norm. A block per part of an augmented state is torchdiffeq's mixed norm.
 * A block over the state and adjoint only is the adjoint seminorm of Kidger, Chen, Lyons, "Hey, that's not an
 * ODE: faster ODE adjoints via seminorms" (ICML 2021), Sec. 3.
 */
export type NormBlocks = ReadonlyArray<readonly [from: number, to: number]>

/** Whether every one of n components is in a block. */
export function coversAll(blocks: NormBlocks, n: number): boolean {
  return gapsOf(blocks, n).length === 0
}

/**
 * The blocks, and what they leave out as blocks too: for the equations of an implicit method, which must be solved in every component, whatever
 * the error norm looks at.
 */
export function withGaps(blocks: NormBlocks, n: number): NormBlocks {
  return [...blocks, ...gapsOf(blocks, n)]
}

function gapsOf(blocks: NormBlocks, n: number): [from: number, to: number][] {
  const gaps: [number, number][] = []
  let next = 0
  for (const [from, to] of [...blocks].sort(([a], [b]) => a - b)) {
    if (from > next) gaps.push([next, from])
    next = Math.max(next, to)
  }
  if (next < n) gaps.push([next, n])
  return gaps
}

/** First components and ends of the blocks. */
export function endsOf(blocks: NormBlocks): { readonly from: Int32Array; readonly to: Int32Array } {
  return { from: Int32Array.from(blocks, ([from]) => from), to: Int32Array.from(blocks, ([, to]) => to) }
}
