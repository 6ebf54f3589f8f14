/** An SVG document's size. */
function sizeOf(svg: string): [width: number, height: number] {
  const side = (name: string): number => Number(new RegExp(`<svg[^>]* ${name}="([\\d.]+)"`).exec(svg)?.[1])
  return [side('width'), side('height')]
}

/**
 * Puts figures beside and below each other, as one SVG document.
 * @param svgs - documents as text, with width and height @param columns - figures in a row
 */
export function panels(svgs: readonly string[], columns: number): string {
  const sizes = svgs.map(sizeOf)
  const [cell, row] = [0, 1].map((side) => Math.max(0, ...sizes.map((size) => size[side]!))) as [
    number,
    number,
  ]
  const [width, height] = [cell * Math.min(columns, svgs.length), row * Math.ceil(svgs.length / columns)]
  const placed = svgs.map((svg, i) =>
    svg.replace('<svg', `<svg x="${cell * (i % columns)}" y="${row * Math.floor(i / columns)}"`),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" style="background:white;max-width:100%;height:auto">${placed.join('')}</svg>`
}
