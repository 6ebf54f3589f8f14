/** A picture cannot be drawn as asked, or not on this machine. */
export class PlotError extends Error {
  override readonly name = 'PlotError'
  readonly _tag = 'PlotError'
  readonly reason: 'outsideSvg' | 'noFont' | 'notInstalled' | 'outsideNode'
  constructor(reason: PlotError['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
