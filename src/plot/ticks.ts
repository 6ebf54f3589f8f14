/** 1, 2 and 5 times powers of ten; only the powers where there would be too many. */
export function ticksOfLog([low, high]: readonly [number, number]): number[] {
  const ticks: number[] = []
  const factors = high / low > 1000 ? [1] : [1, 2, 5]
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`)
      if (tick >= low && tick <= high) ticks.push(tick)
    }
  }
  return ticks
}
