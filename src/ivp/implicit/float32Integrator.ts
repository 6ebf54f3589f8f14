import type { DenseOutput } from '../dense/denseOutput.ts'
import type { Integrator, Saved, StepFailure } from '../integrator.ts'

/** An implicit method for a float32 state: the method works in float64, what comes out is rounded. */
export class Float32Integrator implements Integrator<Float32Array> {
  declare private readonly inner: Integrator<Float64Array>

  constructor(inner: Integrator<Float64Array>) {
    this.inner = inner
  }

  get t(): number {
    return this.inner.t
  }
  get y(): Float32Array {
    return Float32Array.from(this.inner.y)
  }
  get tOld(): number {
    return this.inner.tOld
  }
  get status(): Integrator<Float32Array>['status'] {
    return this.inner.status
  }
  get failure(): StepFailure | null {
    return this.inner.failure
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
    this.inner.step()
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
