import type { Tensor } from '../tensor.ts'

/** A few numbers on the device and what the host makes of them, such as an error norm. */
export interface Measurement {
  readonly tensor: Tensor
  /** The number, from the tensor's values. */
  of(data: ArrayLike<number>): number
}

type Values = ArrayLike<number>

/**
 * A computation on a device that now and then needs numbers: it yields the tensor to read and goes on with its values. So one text serves
 * backends that read at once and those that must be awaited. A yielded tensor still belongs to the computation.
 */
export type Reading<T> = Generator<Tensor, T, Values>

/** The measured number; releases the measurement. */
export function* measure({ tensor, of }: Measurement): Reading<number> {
  try {
    return of(yield tensor)
  } finally {
    tensor.dispose()
  }
}

/** Runs a computation with blocking reads. */
export function readNow<T>(computation: Reading<T>): T {
  let step = computation.next()
  while (!step.done) step = proceed(computation, () => (step.value as Tensor).dataSync() as Values)
  return step.value
}

/** Runs a computation with awaited reads. */
export async function readAwaited<T>(computation: Reading<T>): Promise<T> {
  let step = computation.next()
  while (!step.done) {
    const tensor: Tensor = step.value
    let data: Values
    try {
      data = (await tensor.data()) as Values
    } catch (error) {
      step = computation.throw(error)
      continue
    }
    step = computation.next(data)
  }
  return step.value
}

/** Hands the values over; a failed read is thrown inside the computation, which releases what it holds. */
function proceed<T>(computation: Reading<T>, read: () => Values): IteratorResult<Tensor, T> {
  let data: Values
  try {
    data = read()
  } catch (error) {
    return computation.throw(error)
  }
  return computation.next(data)
}
