/** Whether two types are one and the same: neither wider, nor narrower, nor `any`. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only where the type is true. */
export function holds<_ extends true>(): void {}

/** What a type says of a value, looked at while the program runs. */
export function demand(isSo: boolean): void {
  if (!isSo) throw new Error('the type says what is not so')
}
