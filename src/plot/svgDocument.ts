import type * as linkedom from 'linkedom'
import { nodePackage } from './nodePackage.ts'

export const SVG_NAMESPACE = 'http://www.w3.org/2000/svg'

/** A document to draw in, and how what was drawn becomes text. */
export interface SvgDocument {
  readonly document: Document
  /** Makes an element say its namespace when it becomes text. */
  readonly declareNamespace: (svg: Element) => void
  readonly textOf: (svg: Element) => string
}

/**
 * An empty XML document, not an HTML one, whose serializer would not escape attributes and write named entities: the browser's own, elsewhere
 * linkedom's.
 * @throws PlotError where there is neither
 */
export function svgDocument(): SvgDocument {
  const empty = `<svg xmlns="${SVG_NAMESPACE}"/>`
  if (typeof DOMParser === 'function' && typeof XMLSerializer === 'function') {
    return {
      document: new DOMParser().parseFromString(empty, 'image/svg+xml'),
      // Its serializer knows namespaces
      declareNamespace: () => {},
      textOf: (svg) => new XMLSerializer().serializeToString(svg),
    }
  }
  const { DOMParser: Parser } = nodePackage<typeof linkedom>(
    'linkedom',
    'Drawing a plot outside of a browser',
  )
  return {
    document: new Parser().parseFromString(empty, 'image/svg+xml') as unknown as Document,
    declareNamespace: (svg) => svg.setAttribute('xmlns', SVG_NAMESPACE),
    textOf: String,
  }
}
