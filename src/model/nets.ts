/** The nets that can be trained alike: the ODENet, residual blocks in the place of its ODE block, or neither. */
export type Net = 'odenet' | 'resnet' | 'stem'

export const nets: Readonly<Record<Net, { readonly title: string }>> = {
  odenet: { title: 'ODENet' },
  resnet: { title: 'ResNet' },
  stem: { title: 'stem only' },
}

export const netNames: readonly Net[] = ['odenet', 'resnet', 'stem']
