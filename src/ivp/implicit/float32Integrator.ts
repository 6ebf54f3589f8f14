import type { DenseOutput } from '../dense/denseOutput.ts'
import { overflow } from '../failure.ts'
import type { Integrator, Saved, StepFailure } from '../integrator.ts'

/** An implicit method for a float32 state: the method works in float64, what comes out is rounded. */
export class Float32Integrator implements Integrator<Float32Array> {
  declare private readonly inner: Integrator<Float64Array>
  declare private readonly range: Parameters<typeof overflow>[1]
  /** The state is beyond the largest float32. */
  private overflown: StepFailure | null = null

  constructor(inner: Integrator<Float64Array>, range: Parameters<typeof overflow>[1]) {
    this.inner = inner
    this.range = range
  }

  get t(): number {
    return this.overflown === null ? this.inner.t : this.inner.tOld
  }
  get y(): Float32Array {
    return this.overflown === null ? Float32Array.from(this.inner.y) : this.yOld
  }
  get tOld(): number {
    return this.inner.tOld
  }
  get yOld(): Float32Array {
    return Float32Array.from(this.inner.yOld)
  }
  get status(): Integrator<Float32Array>['status'] {
    return this.overflown === null ? this.inner.status : 'failed'
  }
  get failure(): StepFailure | null {
    return this.overflown ?? this.inner.failure
  }
  get njev(): number {
    return this.inner.njev
  }
  get nlu(): number {
    return this.inner.nlu
  }
  get nrejected(): number {
    return this.inner.nrejected
  }

  start(): void {
    this.inner.start()
  }

  step(): void {
    const { inner } = this
    inner.step()
    for (let i = 0; i < inner.y.length; i++)
      if (!Number.isFinite(Math.fround(inner.y[i]!))) this.overflown = overflow(i, this.range)
  }

  denseOutput(): DenseOutput<Float32Array> {
    const { tOld, t, at } = this.inner.denseOutput()
    return { tOld, t, at: (time) => Float32Array.from(at(time)) }
  }

  settle(): void {
    this.inner.settle()
  }

  release(): void {
    this.inner.release()
  }

  save(): Saved {
    return this.inner.save()
  }

  load(saved: Saved): void {
    this.inner.load(saved)
  }
}
