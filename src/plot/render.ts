import { plot, type PlotOptions } from '@observablehq/plot'
import { PlotError } from './plotError.ts'
import { sha256 } from './sha256.ts'
import { svgDocument } from './svgDocument.ts'

/**
 * Draws a plot as a standalone SVG document, in a browser or without one (with the package `linkedom`). Equal plots give equal strings.
 *
 * Lines, ticks and text are drawn in `currentColor` and the background is left free, so that an SVG inside a page
 * follows the page's colours. Ids contain a hash of the picture: several may stand in one page.
 * @throws PlotError without `linkedom` outside of a browser; when the options ask for what Plot puts outside the SVG: a title, a caption or its own legends
 */
export function toSvg(options: PlotOptions): string {
  const { document, declareNamespace, textOf } = svgDocument()
  const drawn = plot({ ...options, document })
  if (drawn.tagName.toLowerCase() !== 'svg') {
    throw new PlotError(
      'outsideSvg',
      'The plot is not a single SVG: draw its title, caption and legends with marks instead of options.',
    )
  }
  drawn.querySelector('style')?.remove()
  drawn.removeAttribute('class')
  declareNamespace(drawn)
  drawn.setAttribute('role', 'img')
  drawn.setAttribute(
    'style',
    `${drawn.getAttribute('style') ?? ''};max-width:100%;height:auto`.replace(/^;/, ''),
  )
  return withStableIds(textOf(drawn))
}

/** Plot numbers clip paths through the whole process; here they are numbered through the picture. */
function withStableIds(svg: string): string {
  const ids = new Map<string, number>()
  const numbered = svg.replaceAll(/plot-clip-\d+/g, (id) => {
    if (!ids.has(id)) ids.set(id, ids.size)
    return `clip-HASH-${ids.get(id)}`
  })
  const hash = sha256(numbered).slice(0, 10)
  return numbered.replaceAll(/clip-HASH-/g, `clip-${hash}-`)
}
