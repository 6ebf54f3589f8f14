const OPENING = /^<svg((?:[^>"]|"[^"]*")*)>/
/** Attributes of a document that mean nothing, or something else, on a group. */
const OF_DOCUMENTS = / (?:xmlns|viewBox|width|height)="[^"]*"/g

/** An SVG document's size. */
function sizeOf(svg: string): [width: number, height: number] {
  const attributes = OPENING.exec(svg)?.[1] ?? ''
  const side = (name: string): number => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(attributes)?.[1])
  return [side('width'), side('height')]
}

/**
 * A document as a group of another one. Not as a document inside it: resvg panics where a clipped line in a nested
 * document runs far beyond its frame.
 */
function groupAt(svg: string, x: number, y: number): string {
  const group = (_: string, attributes: string): string =>
    `<g transform="translate(${x},${y})"${attributes.replaceAll(OF_DOCUMENTS, '')}>`
  return svg.replace(OPENING, group).replace(/<\/svg>$/, '</g>')
}

/**
 * Puts figures of this module beside and below each other, as one SVG document.
 * @param svgs - documents as text @param columns - figures in a row
 */
export function panels(svgs: readonly string[], columns: number): string {
  const sizes = svgs.map(sizeOf)
  const cell = Math.max(0, ...sizes.map(([width]) => width))
  const row = Math.max(0, ...sizes.map(([, height]) => height))
  const [width, height] = [cell * Math.min(columns, svgs.length), row * Math.ceil(svgs.length / columns)]
  const placed = svgs.map((svg, i) => groupAt(svg, cell * (i % columns), row * Math.floor(i / columns)))
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" style="background:white;max-width:100%;height:auto">${placed.join('')}</svg>`
}
