import { assert, describe, it } from 'vitest'
import { optionsOf } from '../../src/model/cli/trainOptions.ts'
import { aboutNets } from '../../src/model/report/aboutNets.ts'
import { commandLine } from '../../src/model/report/markup.ts'
import { recipeOf } from '../../src/model/report/recipe.ts'
import { GIVEN } from './cli/givenFlags.ts'

const MNIST = { height: 28, width: 28, channels: 1, classNames: Array.from('0123456789') }

describe('what a report says of the nets', () => {
  it('is their parts, their size, and what the baseline is for', () => {
    const quick = optionsOf({ ...GIVEN, preset: 'quick' })
    const [net, stem] = aboutNets(quick, MNIST, true)
    for (const part of ['two strided convolutions', 'down to 7 x 7 features in 32 channels', 'dh/dt = f(t, h)', 'RK45 at tolerance 0.1', '36,682 parameters']) {
      assert.include(net, part)
    } // prettier-ignore
    assert.match(stem!, /“stem only” is the same net without the ODE.*17,418 parameters.*the work of the ODE/)
    assert.lengthOf(aboutNets(quick, MNIST, false), 1)
  })

  it('is of the net that was trained', () => {
    const mnist = optionsOf(GIVEN)
    assert.include(
      aboutNets(mnist, MNIST, false)[0],
      'a strided convolution brings an image of 28 x 28 down to 14 x 14',
    )
    assert.include(aboutNets(mnist, MNIST, false)[0], '77,258 parameters')
    const resnet = aboutNets({ ...mnist, net: 'resnet' }, MNIST, true)
    assert.match(resnet[0]!, /6 residual blocks, each with weights of its own.*446,538 parameters/)
    assert.include(resnet[1], 'without the blocks')
    const stem = aboutNets({ ...mnist, net: 'stem' }, MNIST, true)
    assert.lengthOf(stem, 1)
    assert.match(stem[0]!, /Nothing lies between\. It has 1,866 parameters/)
  })
})

describe('the recipe of a report', () => {
  it('has a row for what has an effect, and none for the rest', () => {
    const rows = (changes: object): Record<string, string> =>
      Object.fromEntries(recipeOf({ ...optionsOf(GIVEN), ...changes }))
    assert.deepInclude(rows({}), {
      images: 'MNIST, 3 epochs, in batches of 128',
      channels: '64 in 32 groups',
      solver: 'RK45 at tolerance 0.001',
      gradient: 'adjoint',
      'learning rate': '0.1, a tenth of it after more than 5 epochs without progress',
      dropout: '0.5 of the pooled features',
    })
    assert.hasAllKeys(rows({ net: 'stem', dropout: 0 }), ['images', 'channels', 'optimizer', 'learning rate', 'seed', 'computed by']) // prettier-ignore
    const changed = { augmentation: { padding: 4, flip: true, hue: 0.05, saturation: 0 }, maxImages: 4000 }
    assert.equal(
      rows(changed)['changed at random'],
      'moved by up to 4 pixels, mirrored, hue and saturation by 0.05 and 0',
    )
    assert.include(rows(changed)['images'], '4,000 images at most')
    assert.equal(rows({ holdOut: 0.1 })['held out'], '0.1 of the training images')
  })
})

describe('a command in a report', () => {
  it('is broken before its flags, and is the same when it is copied', () => {
    const command = "npx odenet train --data 'a <b> c' --no-baseline"
    const parts = [...commandLine(command).matchAll(/<span class="flag">(.*?)<\/span>/g)].map(
      ([, part]) => part,
    )
    assert.deepEqual(parts, ['npx odenet train', '--data &#39;a &lt;b&gt; c&#39;', '--no-baseline'])
  })
})
