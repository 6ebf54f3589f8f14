/** Run before every test file: tfjs recommends its node backend whenever its JavaScript backend is used under Node, which many test files do on purpose. Every other warning is printed. */
const BANNER = 'Hi, looks like you are running TensorFlow.js in Node.js.'

/** The same function, but for that recommendation. */
export function withoutBanner(warn: typeof console.warn): typeof console.warn {
  return (...args: unknown[]) => {
    if (args.length === 1 && typeof args[0] === 'string' && args[0].includes(BANNER)) return
    warn.apply(console, args)
  }
}

console.warn = withoutBanner(console.warn)
