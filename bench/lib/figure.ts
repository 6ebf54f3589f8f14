/** Puts several plots into one figure, and a figure into files. */
import type { PlotOptions } from '@observablehq/plot'
import { toPng, toSvg } from '../../src/plot/index.ts'
import { indexed } from './indexedPng.ts'
import { writePicture } from './report.ts'

const GAP = 14
const HEADER = 44
/** Pixels of the PNG for each unit: sharp, and still a small file. */
const SCALE = 1.5

/** Plots of one size in rows of `columns`, under a title and a line of explanation, above a legend of the figure's width. */
export function figure(
  title: string,
  subtitle: string,
  panels: ReadonlyArray<PlotOptions>,
  columns: number,
  legend: (width: number) => PlotOptions,
): string {
  const { width: panelWidth = 640, height: panelHeight = 400 } = panels[0]!
  const width = columns * (panelWidth + GAP) + GAP
  const below = HEADER + Math.ceil(panels.length / columns) * (panelHeight + GAP)
  const key = legend(width)
  const height = below + (key.height ?? 0)
  const placed = panels.map((panel, i) =>
    nested(
      panel,
      GAP + (i % columns) * (panelWidth + GAP),
      HEADER + Math.floor(i / columns) * (panelHeight + GAP),
    ),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    // Pages with a dark background show an image's SVG as it is
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${GAP}" y="19" font-size="15" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${GAP}" y="36" font-size="12" fill="#555">${escaped(subtitle)}</text>`,
    ...placed,
    nested(key, 0, below),
    '</svg>\n',
  ].join('\n')
}

/** NAME.svg and NAME.png among the results. */
export function writeFigure(name: string, svg: string): void {
  writePicture(`${name}.svg`, svg)
  writePicture(`${name}.png`, indexed(toPng(svg, { scale: SCALE })))
}

function nested(plot: PlotOptions, x: number, y: number): string {
  // A style's height would win over the attribute, and let the panel fill the figure
  return toSvg(plot)
    .replace(/;?max-width:100%;height:auto/, '')
    .replace('<svg ', `<svg x="${x}" y="${y}" `)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
