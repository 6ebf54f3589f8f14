import type { Markish } from '@observablehq/plot'

/** A name at the right edge of a plot, for a curve that ends at (x, y) of the data. */
export interface EndLabel {
  readonly text: string
  readonly color: string
  readonly x: number
  readonly y: number
}

/** Units of the SVG. */
const FONT_SIZE = 11
const LINE_HEIGHT = 16
/** A letter's width, at most, in the bold of the usual sans-serif faces. */
const LETTER = 0.72 * FONT_SIZE
const GAP = 12
/** A label nearer than this to the end of its curve needs no line to it. */
const NEAR = 2

/** Room that the labels take beside the frame. */
export function widthOfLabels(texts: readonly string[]): number {
  return GAP + LETTER * Math.max(6, ...texts.map((text) => text.length))
}

/**
 * The labels beside the frame, each at the height where its curve ends. Where they would overlap they are moved apart, by
 * as little as can be, and a thin line leads from the end of the curve to its label.
 */
export function endLabels(labels: readonly EndLabel[]): Markish {
  return (_index, scales, _values, { width, height, marginTop, marginRight, marginBottom }, context) => {
    const svg = (tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement => {
      const element = context.document.createElementNS('http://www.w3.org/2000/svg', tag)
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
      return element as SVGElement
    }
    const [top, bottom, right] = [marginTop, height - marginBottom, width - marginRight]
    const placed = labels
      .map((label) => ({
        ...label,
        endX: scales.x!(label.x) as number,
        endY: Math.min(bottom, Math.max(top, scales.y!(label.y) as number)),
      }))
      .sort((a, b) => a.endY - b.endY)
    const heights = spread(placed.map(({ endY }) => endY), LINE_HEIGHT, top, bottom) // prettier-ignore
    const group = svg('g', { 'aria-label': 'labels' })
    for (const [i, { text, color, endX, endY }] of placed.entries()) {
      const y = heights[i]!
      if (Math.abs(y - endY) > NEAR || right - endX > GAP) {
        const d = `M${round(endX)},${round(endY)}L${right},${round(endY)}L${right + GAP - 3},${round(y)}`
        group.append(svg('path', { d, fill: 'none', stroke: color, 'stroke-opacity': 0.6, 'stroke-width': 0.75 })) // prettier-ignore
      }
      const name = svg('text', { transform: `translate(${right + GAP},${round(y)})`, dy: '0.32em', 'text-anchor': 'start', fill: color, 'font-weight': 'bold', 'font-size': FONT_SIZE }) // prettier-ignore
      name.append(text)
      group.append(name)
    }
    return group
  }
}

/**
 * Places at least `gap` apart, as near as can be (in the sum of squares) to those wanted, and between the bounds where all
 * have room.
 * @param wanted - ascending
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  // Without the gaps between them the places need only ascend: neighbours that do not are put at their mean
  const pools: { sum: number; count: number }[] = []
  for (const [i, place] of wanted.entries()) {
    let pool = { sum: place - i * gap, count: 1 }
    for (;;) {
      const before = pools.at(-1)
      if (before === undefined || before.sum / before.count <= pool.sum / pool.count) break
      pools.pop()
      pool = { sum: before.sum + pool.sum, count: before.count + pool.count }
    }
    pools.push(pool)
  }
  const last = Math.max(low, high - (wanted.length - 1) * gap)
  const packed = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
  return packed.map((place, i) => Math.min(last, Math.max(low, place)) + i * gap)
}

function round(length: number): number {
  return Math.round(100 * length) / 100
}
