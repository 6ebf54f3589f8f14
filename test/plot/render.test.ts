import { dot, plot, text, type PlotOptions } from '@observablehq/plot'
import { Resvg } from '@resvg/resvg-js'
import { describe, expect, it } from 'vitest'
import { PlotError } from '../../src/plot/plotError.ts'
import { toPng } from '../../src/plot/png.ts'
import { toSvg } from '../../src/plot/render.ts'

const clipped: PlotOptions = {
  ariaLabel: 'a < b & "c"',
  marks: [dot([[1, 2]], { clip: true }), text(['x < y & z'], { frameAnchor: 'middle' })],
}

describe('toSvg', () => {
  it('gives a standalone, well-formed document', () => {
    const svg = toSvg(clipped)
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(svg).toContain('aria-label="a &lt; b &amp; &quot;c&quot;"')
    expect(svg).toContain('x &lt; y &amp; z')
    expect(svg).not.toMatch(/<style|var\(--|class=/)
    // Resvg refuses XML that is not well-formed.
    expect(new Resvg(svg).width).toBe(640)
  })

  it('gives equal plots equal strings, and different plots different ids', () => {
    const ids = (svg: string): string[] => [...svg.matchAll(/id="([^"]+)"/g)].map((match) => match[1]!)
    expect(toSvg(clipped)).toBe(toSvg(clipped))
    const [id] = ids(toSvg(clipped))
    expect(toSvg(clipped)).toContain(`url(#${id})`)
    expect(ids(toSvg({ ...clipped, width: 300 }))).not.toContain(id)
  })

  it('keeps the style that the plot asks for', () => {
    expect(toSvg({ ...clipped, style: { fontSize: '17px' } })).toMatch(/^<svg [^>]*font-size: ?17px/)
  })

  it('refuses what Plot draws outside the SVG', () => {
    expect(() => toSvg({ ...clipped, caption: 'outside' })).toThrow(PlotError)
  })

  it('leaves no document behind for others', () => {
    toSvg(clipped)
    expect(() => plot({ marks: [] })).toThrow()
  })
})

describe('toPng', () => {
  const square = (inside: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">${inside}</svg>`
  const lettered = square('<text x="5" y="20" font-family="system-ui, sans-serif">Loss</text>')

  it('is twice as large as the SVG', () => {
    const png = Buffer.from(toPng(square('')))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([120, 60])
    expect(Buffer.from(toPng(square(''), { scale: 1 })).readUInt32BE(16)).toBe(60)
  })

  it('shows text, in regular and in bold', () => {
    const plain = toPng(lettered)
    const bold = toPng(lettered.replace('<text', '<text font-weight="bold"'))
    expect(plain.length).toBeGreaterThan(toPng(square('')).length + 100)
    expect(bold.length).toBeGreaterThan(toPng(square('')).length + 100)
  })

  it('falls back to the other fonts where a given one is missing', () => {
    expect(toPng(lettered, { fontFiles: ['/nowhere/Font.ttf'] })).toEqual(toPng(lettered))
  })

  it('says so where no font can draw the text', () => {
    const noFont = { fontFiles: [import.meta.filename] }
    expect(() => toPng(lettered, noFont)).toThrow(
      expect.objectContaining({ _tag: 'PlotError', reason: 'noFont' }),
    )
    expect(() => toPng(square(''), noFont)).not.toThrow()
  })
})
