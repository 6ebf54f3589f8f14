/**
 * For `describe.skipIf` and `it.skipIf`: true where the tests cannot run here, of which it prints the reason, for a report of many tests shows only their number.
 * @param holds - whether they can run
 * @param what - the tests, and `reason` what they lack and how to get it
 */
export function skipUnless(holds: boolean, what: string, reason: string): boolean {
  if (!holds) console.warn(`Skipped: ${what} (${reason}).`)
  return !holds
}
