import fc from 'fast-check'

/** The same cases in every run: a law that fails is found by whoever broke it. A test may have a seed of its own. */
fc.configureGlobal({ seed: 20 })
