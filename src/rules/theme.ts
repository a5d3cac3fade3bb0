/**
 * Validates the theme of a checkout. The values become part of a style sheet, so each must match a strict pattern for a colour,
 * a length or a weight. What passes needs no escaping.
 */
import { ApiError, invalid, type Violation } from '../errors.js'

export interface ThemeConfig {
  light?: ThemeColours | null
  dark?: ThemeColours | null
  radius?: string | null
  font_size?: string | null
  font_weight?: string | null
  font_primary_url?: string | null
  font_secondary_url?: string | null
  pay_button_text?: string | null
}

export type ThemeColours = { readonly [Name in ColourName]?: string | null }

export const COLOUR_NAMES = [
  'bg_primary', 'bg_secondary', 'border_primary', 'border_secondary', 'button_primary', 'button_primary_hover',
  'button_secondary', 'button_secondary_hover', 'button_text_primary', 'button_text_secondary', 'input_focus_border',
  'text_error', 'text_placeholder', 'text_primary', 'text_secondary', 'text_success'
] as const

export type ColourName = typeof COLOUR_NAMES[number]

const BUTTON_TEXT_MAX = 100
const URL_MAX = 2048
const COLOUR_MAX = 64

/** Throws INVALID_REQUEST_PARAMETERS with a violation for each invalid value. `path` is the path of `config` in the request. */
export function checkTheme (config: ThemeConfig, path: string): void {
  const violations: Violation[] = []
  const check = (name: string, value: string | null | undefined, fits: (value: string) => boolean, wanted: string) => {
    if (value != null && !fits(value)) violations.push({ path: `${path}.${name}`, message: `must be ${wanted}` })
  }
  for (const mode of ['light', 'dark'] as const) {
    for (const name of COLOUR_NAMES) {
      check(`${mode}.${name}`, config[mode]?.[name], isColour, 'a CSS colour, such as #2a56c6, rgb(42 86 198) or navy')
    }
  }
  check('radius', config.radius, isLength, 'a CSS length, such as 8px or 0.5rem')
  check('pay_button_text', config.pay_button_text, text => text.length <= BUTTON_TEXT_MAX,
    `at most ${BUTTON_TEXT_MAX} characters long`)
  for (const name of ['font_primary_url', 'font_secondary_url'] as const) {
    check(name, config[name], isFontUrl, 'an https URL')
  }
  const [first] = violations
  if (first === undefined) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { violations, message: `${first.path} ${first.message}` })
}

/** Throws INVALID_REQUEST_PARAMETERS unless `language` is a language tag (RFC 5646): `de`, `pt-BR`, `zh-Hant`. */
export function checkLanguage (language: string, path: string): void {
  if (/^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}$/.test(language)) return
  throw invalid(path, `${path} must be a language tag, such as en or pt-BR`)
}

export function isColour (text: string): boolean {
  if (text.length > COLOUR_MAX) return false
  return HEX.test(text) || isColourFunction(text) || NAMED.has(text.toLowerCase())
}

/** Whether text is a single CSS length without a sign or a function. */
export function isLength (text: string): boolean {
  return /^(?:0|\d{1,3}(?:\.\d{1,3})?(?:px|rem|em|%))$/.test(text)
}

function isFontUrl (text: string): boolean {
  return text.length <= URL_MAX && URL.canParse(text) && new URL(text).protocol === 'https:'
}

const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i
const FUNCTION = /^(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\( ?([^()]{1,100})\)$/i
const NUMBER = /^-?(?:\d{1,4}(?:\.\d{1,6})?|\.\d{1,6})%?$/

/** Three or four numbers separated by commas or spaces. The first may be an angle, and a slash may precede the alpha. */
function isColourFunction (text: string): boolean {
  const [first = '', ...rest] = FUNCTION.exec(text)?.[1]?.trimEnd().split(/ ?[,/] ?| /) ?? []
  return (rest.length === 2 || rest.length === 3) && [first.replace(/deg$/i, ''), ...rest].every(part => NUMBER.test(part))
}

const NAMED = new Set((
  'aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood cadetblue ' +
  'chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey ' +
  'darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray ' +
  'darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen ' +
  'fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory khaki ' +
  'lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen ' +
  'lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime ' +
  'limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue ' +
  'mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive ' +
  'olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum ' +
  'powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver ' +
  'skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato transparent turquoise violet wheat ' +
  'white whitesmoke yellow yellowgreen').split(' '))
