/** Imports the module named as argument into this fresh process; prints how long that took, in milliseconds. */
const start = performance.now()
await import(process.argv[2])
console.log(performance.now() - start)
