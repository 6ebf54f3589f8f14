/**
 * The numbers of a shifted matrix alpha I + beta J with alpha = re + i im. They travel in an object of their own: V8 boxes every number that
 * it hands to a function which it does not put in line.
 */
export class Shift {
  re = 0.5
  im = 0.5
  beta = 0.5

  set(re: number, im: number, beta: number): this {
    this.re = re
    this.im = im
    this.beta = beta
    return this
  }
}
