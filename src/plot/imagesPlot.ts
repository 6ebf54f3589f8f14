import { checkOptionNames, optionNames } from '../ivp/check/optionNames.ts'
import { escaped } from './legend.ts'

/** A small picture and the line below it. */
export interface Picture {
  /** Intensities from 0 to 255, shape (height, width, channels), the last index running fastest. */
  readonly pixels: ArrayLike<number>
  readonly caption: string
}

export interface ImagesPlotOptions {
  readonly title: string
  /** Of every picture, in its own pixels; one channel is grey, three are red, green and blue. */
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly pictures: readonly Picture[]
  /** Pictures in a row; 8 by default. */
  readonly columns?: number | undefined
  /** Units of the SVG for a pixel; 2.5 by default. */
  readonly scale?: number | undefined
}

const OPTIONS = optionNames<ImagesPlotOptions>({
  title: true,
  height: true,
  width: true,
  channels: true,
  pictures: true,
  columns: true,
  scale: true,
})

const TITLE = 34
const CAPTION = 26
const GAP = 14
/** More shades than this are not told apart in a small picture, and would take longer to write down. */
const SHADES = 16

/**
 * Small pictures in rows, each with a caption, drawn by lines of pixels of one colour.
 * @returns an SVG document as text
 */
export function imagesPlot(options: ImagesPlotOptions): string {
  checkOptionNames(options ?? null, OPTIONS, { of: 'imagesPlot' })
  const { title, height, width, pictures, columns = 8, scale = 2.5 } = options
  const [cellWidth, cellHeight] = [scale * width + GAP, scale * height + CAPTION]
  const wide = GAP + cellWidth * Math.min(columns, pictures.length)
  const tall = TITLE + cellHeight * Math.ceil(pictures.length / columns)
  const drawn = pictures.map(({ pixels, caption }, i) => {
    const [x, y] = [GAP + cellWidth * (i % columns), TITLE + cellHeight * Math.floor(i / columns)]
    const line = `<text x="${(scale * width) / 2}" y="${scale * height + 15}" text-anchor="middle">${escaped(caption)}</text>`
    return `<g transform="translate(${x},${y})"><g transform="scale(${scale})" shape-rendering="crispEdges">${raster(pixels, options)}</g>${line}</g>`
  })
  const size = `width="${wide}" height="${tall}" viewBox="0 0 ${wide} ${tall}"`
  const heading = `<text x="8" y="19" font-size="14" font-weight="bold">${escaped(title)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size} style="font-size:12px;background:white;color:#222;max-width:100%;height:auto" aria-label="${escaped(title).replaceAll('"', '&quot;')}" font-size="12" font-family="system-ui, sans-serif" fill="#222">${heading}${drawn.join('')}</svg>`
}

/** A path for each colour, of the stretches of rows that have it. The first colour is a rectangle below all others. */
function raster(pixels: ArrayLike<number>, { height, width, channels }: ImagesPlotOptions): string {
  const colourAt = (row: number, column: number): string => {
    const of = (channel: number): number =>
      shade(pixels[(row * width + column) * channels + Math.min(channel, channels - 1)]!)
    return `#${[of(0), of(1), of(2)].map((value) => value.toString(16).padStart(2, '0')).join('')}`
  }
  const ground = colourAt(0, 0)
  const paths = new Map<string, string>()
  for (let row = 0; row < height; row++) {
    for (let from = 0, to = 0; from < width; from = to) {
      const colour = colourAt(row, from)
      while (to < width && colourAt(row, to) === colour) to++
      if (colour !== ground)
        paths.set(colour, `${paths.get(colour) ?? ''}M${from} ${row}h${to - from}v1H${from}z`)
    }
  }
  const stretches = [...paths].map(([colour, path]) => `<path fill="${colour}" d="${path}"/>`)
  return `<rect width="${width}" height="${height}" fill="${ground}"/>${stretches.join('')}`
}

function shade(byte: number): number {
  return Math.round((Math.round((byte / 255) * (SHADES - 1)) / (SHADES - 1)) * 255)
}
