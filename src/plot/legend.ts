import type { Drawn } from './curve.ts'

/** Units of the SVG. A letter's width is a guess that holds for the usual sans-serif faces. */
const LETTER = 6.4
const SAMPLE = 22
const GAP = 6
const BETWEEN = 18
export const LEGEND_ROW = 18

interface Entry {
  readonly curve: Drawn
  readonly x: number
  readonly row: number
}

/** Where each named curve's entry goes: rows that are `width` wide, filled from the left. */
function layout(curves: readonly Drawn[], width: number): Entry[] {
  const entries: Entry[] = []
  let [x, row] = [0, 0]
  for (const curve of curves) {
    if (curve.name === undefined) continue
    const taken = SAMPLE + GAP + curve.name.length * LETTER
    if (x > 0 && x + taken > width) [x, row] = [0, row + 1]
    entries.push({ curve, x, row })
    x += taken + BETWEEN
  }
  return entries
}

/** Rows that the legend will have. */
export function legendRows(curves: readonly Drawn[], width: number): number {
  return Math.max(0, ...layout(curves, width).map(({ row }) => row + 1))
}

/** A legend as SVG: for each named curve a sample of its stroke and the name. */
export function legend(curves: readonly Drawn[], left: number, top: number, width: number): string {
  return layout(curves, width)
    .map(({ curve, x, row }) => {
      const [from, y] = [left + x, top + row * LEGEND_ROW]
      const { color, dashes, hasLine, hasDots, name = '' } = curve
      const line = `<line x1="${from}" x2="${from + SAMPLE}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/>`
      const dot = `<circle cx="${from + SAMPLE / 2}" cy="${y}" r="3.5" fill="${color}"/>`
      const text = `<text x="${from + SAMPLE + GAP}" y="${y}" dy="0.35em" text-anchor="start" fill="#222">${escaped(name)}</text>`
      return (hasLine ? line : '') + (hasDots ? dot : '') + text
    })
    .join('')
}

/** Text as SVG writes it. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
