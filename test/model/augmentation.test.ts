import fc from 'fast-check'
import { assert, describe, it } from 'vitest'
import { augmented, copyWindow, type Augmentation } from '../../src/model/augmentation.ts'
import { scaleSaturation, turnHue } from '../../src/model/colourJitter.ts'
import { makeRng } from '../../src/model/rng.ts'

const NONE: Augmentation = { padding: 0, flip: false, hue: 0, saturation: 0 }
const SHAPE = { height: 4, width: 5, channels: 3 }
const pixels = fc.uint8Array({ minLength: 120, maxLength: 120 })
const colour = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255))

describe('augmented', () => {
  it('gives the same copies for the same stream and leaves the images alone', () => {
    const strong: Augmentation = { padding: 2, flip: true, hue: 0.2, saturation: 0.5 }
    fc.assert(
      fc.property(pixels, fc.integer(), (images, seed) => {
        const before = images.slice()
        const first = augmented(images, SHAPE, strong, makeRng(seed))
        assert.deepEqual(augmented(images, SHAPE, strong, makeRng(seed)), first)
        assert.deepEqual(images, before)
      }),
      { numRuns: 30 },
    )
  })

  it('changes nothing where nothing is asked for', () => {
    fc.assert(
      fc.property(pixels, (images) => assert.deepEqual(augmented(images, SHAPE, NONE, makeRng(1)), images)),
      { numRuns: 10 },
    )
  })

  it('moves by up to the padding in both directions, each place about as often, and mirrors half', () => {
    // One bright pixel in the middle of a 7 x 7 image, and one dimmer to its right
    const n = 4000
    const one = new Uint8Array(49)
    one[3 * 7 + 3] = 200
    one[3 * 7 + 4] = 100
    const images = new Uint8Array(49 * n)
    for (let k = 0; k < n; k++) images.set(one, 49 * k)
    const shape = { height: 7, width: 7, channels: 1 }
    const out = augmented(images, shape, { ...NONE, padding: 2, flip: true }, makeRng(3))
    const places = new Map<string, number>()
    let mirrored = 0
    for (let k = 0; k < n; k++) {
      const image = out.subarray(49 * k, 49 * (k + 1))
      const at = image.indexOf(200)
      if (image[at - 1] === 100) mirrored++
      const place = `${Math.floor(at / 7)} ${at % 7}`
      places.set(place, (places.get(place) ?? 0) + 1)
    }
    assert.equal(places.size, 25)
    // Each of 25 has 160 expected; five standard deviations are 62
    for (const count of places.values()) assert.closeTo(count, n / 25, 62)
    assert.closeTo(mirrored, n / 2, 160)
  })

  it('fills what comes from outside of the image with black', () => {
    const out = new Uint8Array(6)
    copyWindow(Uint8Array.of(1, 2, 3, 4, 5, 6), out, { height: 2, width: 3, channels: 1 }, { down: 1, right: -1, isMirrored: false }) // prettier-ignore
    assert.deepEqual(Array.from(out), [0, 4, 5, 0, 0, 0])
    copyWindow(Uint8Array.of(1, 2, 3, 4, 5, 6), out.fill(0), { height: 2, width: 3, channels: 1 }, { down: 1, right: -1, isMirrored: true }) // prettier-ignore
    assert.deepEqual(Array.from(out), [5, 4, 0, 0, 0, 0])
  })

  it('refuses to turn the hue of grey images', () => {
    const shape = { height: 2, width: 2, channels: 1 }
    assert.throws(() => augmented(new Uint8Array(4), shape, { ...NONE, hue: 0.1 }, makeRng(1)), /3 channels/)
  })

  it('draws factors within their bounds, and all of the range', () => {
    const shape = { height: 1, width: 1, channels: 3 }
    const images = Uint8Array.from({ length: 3 * 500 }, (_, i) => [200, 100, 100][i % 3]!)
    const out = augmented(images, shape, { ...NONE, saturation: 0.5 }, makeRng(2))
    // Grey is 0.299 200 + 0.701 100 = 129.9: red is 129.9 + 70.1 factor
    const reds = Array.from({ length: 500 }, (_, k) => out[3 * k]!)
    assert.closeTo(Math.min(...reds), 129.9 + 0.5 * 70.1, 2)
    assert.closeTo(Math.max(...reds), 129.9 + 1.5 * 70.1, 2)
  })
})

describe('hue and saturation', () => {
  it('turn red to green and blue by thirds of the circle', () => {
    for (const [turn, expected] of [
      [1 / 3, [0, 200, 0]],
      [-1 / 3, [0, 0, 200]],
      [1 / 6, [200, 200, 0]],
      [1, [200, 0, 0]],
    ] as const) {
      const image = Uint8Array.of(200, 0, 0)
      turnHue(image, turn)
      assert.deepEqual(Array.from(image), [...expected])
    }
  })

  it('agree with the formulas of torchvision on single colours', () => {
    // Hue by Python's colorsys (to HSV, h + 0.05, back), saturation by the blend with 0.299 R + 0.587 G + 0.114 B
    const image = Uint8Array.of(120, 30, 200, 10, 240, 90)
    turnHue(image, 0.05)
    assert.deepEqual(Array.from(image), [171, 30, 200, 10, 240, 159])
    const grey = Uint8Array.of(120, 30, 200)
    scaleSaturation(grey, 1.05)
    assert.deepEqual(Array.from(grey), [122, 28, 206])
  })

  it('keep the largest and the smallest channel when the hue turns', () => {
    fc.assert(
      fc.property(colour, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (rgb, turn) => {
        const image = Uint8Array.from(rgb)
        turnHue(image, turn)
        assert.equal(Math.max(...image), Math.max(...rgb))
        assert.equal(Math.min(...image), Math.min(...rgb))
      }),
    )
  })

  it('leave grey alone, and take away all colour at saturation 0', () => {
    fc.assert(
      fc.property(colour, fc.double({ min: 0, max: 2, noNaN: true }), fc.nat(255), (rgb, factor, level) => {
        const grey = Uint8Array.of(level, level, level)
        turnHue(grey, 0.3)
        scaleSaturation(grey, factor)
        assert.deepEqual(Array.from(grey), [level, level, level])
        const image = Uint8Array.from(rgb)
        scaleSaturation(image, 0)
        assert.equal(Math.max(...image), Math.min(...image))
      }),
    )
  })
})
