import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { plot, type PlotOptions } from '@observablehq/plot'
import { Resvg, type ResvgRenderOptions } from '@resvg/resvg-js'
import { DOMParser } from 'linkedom'

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg'

/** A picture cannot be drawn as asked, or not on this machine. */
export class PlotError extends Error {
  override readonly name = 'PlotError'
  readonly _tag = 'PlotError'
  readonly reason: 'outsideSvg' | 'noFont'
  constructor(reason: PlotError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/**
 * Draws a plot as a standalone SVG document, without a browser. Equal plots give equal strings.
 *
 * Lines, ticks and text are drawn in `currentColor` and the background is left free, so that an SVG inside a page
 * follows the page's colours. Ids contain a hash of the picture: several may stand in one page.
 * @throws PlotError when the options ask for what Plot puts outside the SVG: a title, a caption or its own legends
 */
export function toSvg(options: PlotOptions): string {
  // An XML document, not an HTML one: its serializer escapes attributes, and writes no named entities.
  const document = new DOMParser().parseFromString(`<svg xmlns="${SVG_NAMESPACE}"/>`, 'image/svg+xml')
  const drawn = plot({ ...options, document: document as unknown as Document })
  if (drawn.tagName.toLowerCase() !== 'svg') {
    throw new PlotError(
      'outsideSvg',
      'The plot is not a single SVG: draw its title, caption and legends with marks instead of options.',
    )
  }
  drawn.querySelector('style')?.remove()
  drawn.removeAttribute('class')
  drawn.setAttribute('xmlns', SVG_NAMESPACE)
  drawn.setAttribute('role', 'img')
  drawn.setAttribute(
    'style',
    `${drawn.getAttribute('style') ?? ''};max-width:100%;height:auto`.replace(/^;/, ''),
  )
  return withStableIds(String(drawn))
}

/** Plot numbers clip paths through the whole process; here they are numbered through the picture. */
function withStableIds(svg: string): string {
  const ids = new Map<string, number>()
  const numbered = svg.replaceAll(/plot-clip-\d+/g, (id) => {
    if (!ids.has(id)) ids.set(id, ids.size)
    return `clip-HASH-${ids.get(id)}`
  })
  const hash = createHash('sha256').update(numbered).digest('hex').slice(0, 10)
  return numbered.replaceAll(/clip-HASH-/g, `clip-${hash}-`)
}

export interface PngOptions {
  /** Pixels for each unit of the SVG; 2 by default. */
  readonly scale?: number
  /** A CSS colour behind the picture; white by default. */
  readonly background?: string
  /** Font files to use before the system's; the first one that exists is the font of all text. */
  readonly fontFiles?: readonly string[]
}

/**
 * Rasterizes an SVG to a PNG file's bytes.
 * @throws PlotError when the SVG has text, and neither `fontFiles` nor the system has a font to draw it with
 */
export function toPng(svg: string, options: PngOptions = {}): Uint8Array {
  const { scale = 2, background = 'white', fontFiles = [] } = options
  const font = fontOptions(fontFiles)
  if (svg.includes('<text') && !drawsText(font)) {
    throw new PlotError(
      'noFont',
      'No font was found, and the text of the picture would be missing: install one (Debian: fonts-dejavu-core) or give toPng the path of one in fontFiles.',
    )
  }
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: scale }, background, font }).render().asPng()
}

type FontOptions = NonNullable<ResvgRenderOptions['font']>

/** A regular sans-serif face and its bold one, where common systems keep them. */
const SANS_SERIF: readonly (readonly [string, string])[] = [
  [
    '/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf',
    '/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf',
  ],
  ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', '/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf'],
  ['/usr/share/fonts/dejavu/DejaVuSans.ttf', '/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf'],
  ['/usr/share/fonts/TTF/DejaVuSans.ttf', '/usr/share/fonts/TTF/DejaVuSans-Bold.ttf'],
  ['/System/Library/Fonts/Supplemental/Arial.ttf', '/System/Library/Fonts/Supplemental/Arial Bold.ttf'],
  ['C:\\Windows\\Fonts\\arial.ttf', 'C:\\Windows\\Fonts\\arialbd.ttf'],
]

/**
 * A known face where there is one, which is also faster than reading every font of the system; else whatever the
 * system has. Left to itself, resvg takes the system's first font, which may be a narrow italic or have no letters.
 */
function fontOptions(fontFiles: readonly string[]): FontOptions {
  const given = fontFiles.filter((file) => existsSync(file))
  if (given.length > 0) return { loadSystemFonts: false, fontFiles: given }
  const known = SANS_SERIF.find(([regular]) => existsSync(regular))
  if (known) return { loadSystemFonts: false, fontFiles: known.filter((file) => existsSync(file)) }
  return { loadSystemFonts: true }
}

/** Resvg leaves out text that it has no font for, without a word. */
function drawsText(font: FontOptions): boolean {
  const probe = `<svg xmlns="${SVG_NAMESPACE}" width="9" height="9"><text y="9" font-family="sans-serif">m</text></svg>`
  return new Resvg(probe, { font }).getBBox() !== undefined
}
