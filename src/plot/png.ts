import type { Resvg as ResvgClass, ResvgRenderOptions } from '@resvg/resvg-js'
import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import { nodePackage } from './nodePackage.ts'
import { PlotError } from './plotError.ts'
import { SVG_NAMESPACE } from './svgDocument.ts'

type ResvgConstructor = typeof ResvgClass

const resvg = (): ResvgConstructor =>
  nodePackage<{ Resvg: ResvgConstructor }>('@resvg/resvg-js', 'toPng').Resvg

const exists = (path: string): boolean => process.getBuiltinModule('node:fs').existsSync(path)

export interface PngOptions {
  /** Pixels for each unit of the SVG; 2 by default. */
  readonly scale?: number
  /** A CSS colour behind the picture; white by default. */
  readonly background?: string
  /** Font files to use before the system's; the first one that exists is the font of all text. */
  readonly fontFiles?: readonly string[]
}

const OPTIONS = optionNames<PngOptions>({ scale: true, background: true, fontFiles: true })

/**
 * Rasterizes an SVG to a PNG file's bytes. Under Node only, with the package `@resvg/resvg-js`.
 * @throws PlotError outside of Node, without the package, or when the SVG has text, and neither `fontFiles` nor the system has a font to draw it with
 */
export function toPng(svg: string, options: PngOptions = {}): Uint8Array {
  checkOptionNames(options, OPTIONS, { of: 'toPng' })
  const Resvg = resvg()
  const { scale = 2, background = 'white', fontFiles = [] } = options
  const font = fontOptions(fontFiles)
  if (svg.includes('<text') && !drawsText(Resvg, font)) {
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
  const given = fontFiles.filter((file) => exists(file))
  if (given.length > 0) return { loadSystemFonts: false, fontFiles: given }
  const known = SANS_SERIF.find(([regular]) => exists(regular))
  if (known) return { loadSystemFonts: false, fontFiles: known.filter((file) => exists(file)) }
  return { loadSystemFonts: true }
}

/** Resvg leaves out text that it has no font for, without a word. */
function drawsText(Resvg: ResvgConstructor, font: FontOptions): boolean {
  const probe = `<svg xmlns="${SVG_NAMESPACE}" width="9" height="9"><text y="9" font-family="sans-serif">m</text></svg>`
  return new Resvg(probe, { font }).getBBox() !== undefined
}
