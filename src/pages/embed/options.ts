/**
 * Parses the options that a merchant's page passes to an embedded checkout in the query of the iframe's URL. Invalid values are
 * ignored, so that only colours, sizes and short texts get into a style sheet or a page.
 */
import { COLOUR_NAMES, isColour, isLength, type ColourName, type ThemeConfig } from '../../rules/theme.js'
import { languageFor } from '../../messages/languages.js'
import { isFontSize, isFontWeight } from '../checkout/session/theme.js'
import { LANGUAGE } from '../page-context.js'

/** `overlay` covers the merchant's page, `inline` is a part of it. */
export type EmbedKind = 'overlay' | 'inline'

export interface EmbedOptions {
  showsTimer: boolean
  showsBadge: boolean
  /** Whether the merchant's page handles the final redirect. */
  manualRedirect: boolean
  payButtonText: string | null
  /** Null if no theme option is set. */
  theme: ThemeConfig | null
  /** The previous page in the iframe, set by embed/script.ts. Null for the first page. */
  from: string | null
  /** All options except `from` as a query, for the URLs of the following pages. */
  query: string
}

type Given = Readonly<Record<string, unknown>>

const TEXT_MAX = 100
const FROM = 'from'
const STEPS = /^(?:details|single|payment|other)$/
const isFlag = (text: string) => text === 'true' || text === 'false'

/** The check of each option, by its name in the query. */
const OPTIONS = new Map<string, (text: string) => boolean>([
  ['showTimer', isFlag],
  ['showSecurityBadge', isFlag],
  ['manualRedirect', isFlag],
  [LANGUAGE, text => languageFor(text) !== null],
  ['payButtonText', text => text.trim() !== '' && text.length <= TEXT_MAX],
  ['fontSize', isFontSize],
  ['fontWeight', isFontWeight],
  ['theme_radius', isLength]
])

/** The colours by their names in the query. The official script sends `theme_bgPrimary` for the API's `bg_primary`. */
const COLOURS = new Map<string, { mode: 'light' | 'dark', name: ColourName }>(COLOUR_NAMES.flatMap(name => {
  const camelCase = name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())
  return ([name, camelCase]).flatMap(written => [
    [`theme_${written}`, { mode: 'light', name }] as const,
    [`theme_dark_${written}`, { mode: 'dark', name }] as const
  ])
}))
for (const name of COLOURS.keys()) OPTIONS.set(name, isColour)

export function readOptions (query: unknown): EmbedOptions {
  const given = typeof query === 'object' && query !== null ? query as Given : {}
  const kept = new Map<string, string>()
  for (const [name, fits] of OPTIONS) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (typeof value === 'string' && fits(value)) kept.set(name, value)
  }
  const from = Object.hasOwn(given, FROM) ? given[FROM] : undefined
  return {
    showsTimer: kept.get('showTimer') !== 'false',
    showsBadge: kept.get('showSecurityBadge') !== 'false',
    manualRedirect: kept.get('manualRedirect') === 'true',
    payButtonText: kept.get('payButtonText')?.trim() ?? null,
    theme: themeOf(kept),
    from: typeof from === 'string' && STEPS.test(from) ? from : null,
    query: new URLSearchParams([...kept]).toString()
  }
}

function themeOf (kept: ReadonlyMap<string, string>): ThemeConfig | null {
  const colours: Record<'light' | 'dark', Partial<Record<ColourName, string>>> = { light: {}, dark: {} }
  let isSet = false
  for (const [written, value] of kept) {
    const colour = COLOURS.get(written)
    if (colour !== undefined) colours[colour.mode][colour.name] = value
    isSet ||= colour !== undefined || written === 'theme_radius' || written.startsWith('font')
  }
  return !isSet
    ? null
    : {
        ...colours,
        radius: kept.get('theme_radius') ?? null,
        font_size: kept.get('fontSize') ?? null,
        font_weight: kept.get('fontWeight') ?? null
      }
}

/** A query string without the options: `?quantity=2`, or empty. */
export function withoutOptions (search: string): string {
  const query = new URLSearchParams(search)
  for (const name of [...query.keys()]) if (name === FROM || OPTIONS.has(name)) query.delete(name)
  return query.size === 0 ? '' : `?${query.toString()}`
}

/** A path of a hosted page with the options of the page that links to it. */
export function withOptions (path: string, { query, from }: EmbedOptions): string {
  const added = [query, from === null ? '' : `${FROM}=${from}`].filter(part => part !== '').join('&')
  return added === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${added}`
}
