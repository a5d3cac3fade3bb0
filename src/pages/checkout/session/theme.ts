/**
 * Writes a session's theme as a style sheet. It contains only values of custom properties, each checked again by rules/theme.ts.
 * Font URLs are ignored, because pages load nothing from other hosts.
 */
import { isColour, isLength, type ColourName, type ThemeColours, type ThemeConfig } from '../../../rules/theme.js'

const PROPERTIES: Record<ColourName, readonly string[]> = {
  bg_primary: ['ground'],
  bg_secondary: ['surface', 'sunken', 'helpers'],
  border_primary: ['line'],
  border_secondary: ['edge'],
  button_primary: ['button', 'accent'],
  button_primary_hover: ['button-strong', 'accent-strong'],
  button_secondary: ['second'],
  button_secondary_hover: ['second-strong'],
  button_text_primary: ['on-button', 'on-accent'],
  button_text_secondary: ['on-second'],
  input_focus_border: ['focus'],
  text_error: ['bad'],
  text_placeholder: ['placeholder'],
  text_primary: ['text'],
  text_secondary: ['quiet'],
  text_success: ['good']
}

const SIZES = new Map(Object.entries({ xs: '81.25%', sm: '87.5%', md: '100%', lg: '112.5%', xl: '125%', '2xl': '137.5%' }))
const WEIGHTS = new Map(Object.entries({ normal: '400', medium: '500', bold: '700', extraBold: '800' }))

export const isFontSize = (text: string): boolean => SIZES.has(text)
export const isFontWeight = (text: string): boolean => WEIGHTS.has(text)

export function themeStyle ({ light, dark, radius, font_size: size, font_weight: weight }: ThemeConfig): string {
  const general: string[] = []
  if (radius != null && isLength(radius)) general.push(`--radius: ${radius};`)
  if (weight != null && WEIGHTS.has(weight)) general.push(`--weight: ${WEIGHTS.get(weight)};`)
  if (size != null && SIZES.has(size)) general.push(`font-size: ${SIZES.get(size)};`)
  return [
    `:root { ${general.join(' ')} }`,
    ...(['light', 'dark'] as const).flatMap(mode => {
      const declared = colours(mode === 'light' ? light : dark)
      return [
        `@media (prefers-color-scheme: ${mode}) { :root:not([data-theme]) { ${declared} } }`,
        `:root[data-theme=${mode}] { ${declared} }`
      ]
    }),
    ''
  ].join('\n')
}

function colours (given: ThemeColours | null | undefined): string {
  return (Object.keys(PROPERTIES) as ColourName[]).flatMap(name => {
    const value = given?.[name]
    return value == null || !isColour(value) ? [] : PROPERTIES[name].map(property => `--${property}: ${value};`)
  }).join(' ')
}
