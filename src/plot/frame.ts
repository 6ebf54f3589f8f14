import { text, type Markish, type PlotOptions } from '@observablehq/plot'

export interface PlotSize {
  /** Units of the SVG, 640 x 400 by default; text is 12 to 14 units high whatever the size. */
  readonly width?: number
  readonly height?: number
}

/** What lies around the axes, in units of the SVG. */
export interface Margin {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** Room for a title and a line below it, and for the labels of the horizontal axis. */
export const UNDER_HEADLINES = { top: 54, bottom: 40 } as const

/** An axis is labelled beside its middle. */
export const AT_MIDDLE = { labelAnchor: 'center', labelArrow: 'none' } as const

export function sized({ width = 640, height = 400 }: PlotSize): Required<PlotSize> {
  return { width, height }
}

/** Size, margins and name of a plot. */
export function frame(size: PlotSize, { top, right, bottom, left }: Margin, title: string): PlotOptions {
  return {
    ...sized(size),
    marginTop: top,
    marginRight: right,
    marginBottom: bottom,
    marginLeft: left,
    style: { fontSize: '12px' },
    ariaLabel: title,
  }
}

/** Title and legend above the axes. */
export function headlines(title: string, legend: string, margin: Margin): Markish[] {
  return [
    inCorner(title, margin, { x: 6, y: 6 }, { fontSize: 13, fontWeight: 'bold' }),
    inCorner(legend, margin, { x: 6, y: 24 }, { fillOpacity: 0.7 }),
  ]
}

/** A line of text whose upper left end is so far from the picture's. */
export function inCorner(
  line: string,
  { top, left }: Margin,
  { x, y }: { readonly x: number; readonly y: number },
  look: { readonly fontSize?: number; readonly fontWeight?: string; readonly fillOpacity?: number },
): Markish {
  return text([line], {
    frameAnchor: 'top-left',
    textAnchor: 'start',
    lineAnchor: 'top',
    dx: x - left,
    dy: y - top,
    ...look,
  })
}
