export const BLUE = '#2b7bd6'
export const ORANGE = '#c8620a'
export const GREEN = '#2e8555'
export const VIOLET = '#9557cf'
export const BROWN = '#8f6a3a'
export const PINK = '#d0569b'
export const OLIVE = '#8a8a10'
export const TEAL = '#1391a3'

/** For the plots of reports, whose page may be white or dark (#14171b): 3.6 to 1 or more from both. */
export const ON_ANY_PAGE: readonly string[] = [BLUE, ORANGE, GREEN, '#d0403a', VIOLET, BROWN, PINK, '#7a838c', OLIVE, TEAL] // prettier-ignore

/**
 * For figures of notebooks, which are white: apart for every kind of colour vision, and 3.4 to 1 or more from white.
 * @see Okabe and Ito (2002), "Color universal design"; the last two are darker than theirs
 */
export const ON_WHITE: readonly string[] = ['#0072b2', '#d55e00', '#009e73', '#a8447c', '#222222', '#8a6d00']
