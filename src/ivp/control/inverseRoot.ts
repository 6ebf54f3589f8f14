/** x^(-1/q), the step-size controllers' power. */
export function inverseRoot(x: number, q: number): number {
  return x ** (-1 / q)
}
