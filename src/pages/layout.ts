/**
 * The layout of the hosted pages, and their headers. Pages load nothing from other hosts, and run only scripts of /assets. `html`
 * escapes all values except those written with `!` before `${`, which are reserved for fragments.
 */
import type { FastifyReply } from 'fastify'
import { html } from 'ghtml'
import { assetUrl } from './assets.js'
import type { EmbedKind, EmbedOptions } from './embed/options.js'
import { languagePicker, type Picker } from './language-picker.js'
import type { Locale } from '../messages/locale.js'

/** HTML created by `html`, in which all values are escaped. */
export type Fragment = string

export interface Page {
  locale: Locale
  /** The choice of another language; null if the checkout session sets the language. */
  picker: Picker | null
  title: string
  /** The name of the shop. */
  store: string
  /** The content of `main`. */
  content: Fragment
  /** Helpers at the lower edge of the page, outside of `main`. */
  below?: Fragment
  /** `wide` has room for two columns. */
  width: 'wide' | 'narrow'
  /** The path that all URLs of the emulator begin with; usually empty. */
  base: string
  /** An automatic redirect. With scripts, the visitor can stop it; without, the browser does it. */
  refresh?: { seconds: number, url: string }
  /** Other sources for `form-action`, which Chromium also applies to redirects after a form. */
  formTargets?: readonly string[]
  /** The theme of the checkout session. */
  appearance?: Appearance
  /** Whether the page updates its prices with a script. */
  isLive?: boolean
  /** Set if the page is in an iframe of the merchant's page. */
  embedded?: Embedded
}

export interface Embedded {
  kind: EmbedKind
  /** The path that the URLs of embedded pages begin with. */
  base: string
  options: EmbedOptions
  /** The time until the checkout expires; null if it does not. */
  expiresInMs: number | null
}

export interface Appearance {
  /** Null for the visitor's system setting. */
  theme: 'light' | 'dark' | null
  /** The URL of an additional style sheet on the same origin. */
  styleUrl: string | null
}

export function sendPage (reply: FastifyReply, status: number, page: Page): void {
  secure(reply, page.formTargets, page.isLive)
  reply.code(status).type('text/html; charset=utf-8').send(layout(page))
}

/** Redirects, with the security headers of a page. */
export function sendRedirect (reply: FastifyReply, url: string, status: 302 | 303 = 303): void {
  secure(reply)
  reply.code(status).header('location', url).send()
}

function secure (reply: FastifyReply, formTargets: readonly string[] = [], isLive = false): void {
  reply.headers({
    'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
      `${isLive ? "connect-src 'self'; " : ''}form-action ${["'self'", ...formTargets].join(' ')}; ` +
      "base-uri 'none'; frame-ancestors *",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store'
  })
  // The API allows scripts of any origin, but pages contain form tokens.
  reply.removeHeader('access-control-allow-origin')
}

function layout (page: Page): string {
  const { locale, picker, title, store, content, below = '', width, base, refresh, appearance, isLive, embedded } = page
  const theme = appearance?.theme ?? null
  const attributes = (theme === null ? '' : html` data-theme="${theme}"`) + (embedded === undefined ? '' : embedData(embedded))
  return html`<!doctype html>
<html lang="${locale.tag}" dir="${locale.direction}"!${attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme ?? 'light dark'}">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${base}${assetUrl('icon.svg')}">
<link rel="stylesheet" href="${base}${assetUrl('pages.css')}">
!${appearance?.styleUrl == null ? '' : html`<link rel="stylesheet" href="${appearance.styleUrl}">`}
!${embedded === undefined ? '' : embedHead(embedded, base)}
<script src="${base}${assetUrl('pages.js')}" defer></script>
!${isLive === true ? html`<script src="${base}${assetUrl('session.js')}" defer></script>` : ''}
!${refresh === undefined || embedded !== undefined ? '' : refreshTag(refresh)}
</head>
<body>
<header class="masthead">
<p class="banner" data-testid="emulator-banner">
<strong>${locale.text('layout.testMode')}</strong> ${locale.text('layout.emulator')}</p>
<div class="container ${width}"><span class="monogram" aria-hidden="true">${monogram(store)}</span>
<span class="store" data-testid="store-name">${store}</span>
!${picker === null ? '' : languagePicker(picker, locale)}
!${embedded === undefined ? '' : embedTools(embedded, locale)}</div></header>
<main class="container ${width}">
!${content}
</main>
!${embedded?.options.showsBadge === false ? '' : footer(width, locale)}
!${below}
</body>
</html>
`
}

function footer (width: Page['width'], locale: Locale): Fragment {
  return html`<footer class="container ${width}">
<p>${locale.text('layout.footer')}</p>
</footer>`
}

/** The data for the script of embedded pages (embed/script.ts). */
function embedData ({ kind, base, options }: Embedded): Fragment {
  const { query, from, showsTimer, manualRedirect } = options
  return html` data-embed="${kind}" data-embed-base="${base}" data-embed-query="${query}" data-embed-from="${from ?? ''}"
data-show-timer="${String(showsTimer)}" data-manual-redirect="${String(manualRedirect)}"`
}

/** The script of embedded pages comes before the others, which read what it changes. */
function embedHead ({ base, options: { theme, query } }: Embedded, root: string): Fragment {
  return html`!${theme === null ? '' : html`<link rel="stylesheet" href="${base}/theme.css?${query}">`}
<script src="${root}${assetUrl('embed.js')}" defer></script>`
}

function embedTools ({ kind, expiresInMs, options: { showsTimer } }: Embedded, locale: Locale): Fragment {
  return html`!${expiresInMs === null
    ? ''
    : html`<p class="timer" id="timer" data-expires-in-ms="${expiresInMs}"!${showsTimer ? '' : ' hidden'}>
!${locale.fragment('layout.expiresIn', { time: '<span data-left>…</span>' })}</p>`}
!${kind === 'overlay'
    ? html`<button type="button" class="close" id="close-checkout" aria-label="${locale.text('layout.close')}">×</button>`
    : ''}`
}

function refreshTag ({ seconds, url }: NonNullable<Page['refresh']>): Fragment {
  return html`<noscript><meta http-equiv="refresh" content="${seconds};url=${url}"></noscript>`
}

function monogram (store: string): string {
  return (/\p{L}|\p{N}/u.exec(store)?.[0] ?? '•').toUpperCase()
}

const ICONS = {
  success: 'M5 13l4.5 4.5L19.5 7',
  failure: 'M7 7l10 10M17 7L7 17',
  waiting: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7.5V12l3 2',
  info: 'M12 11v6M12 7v.5'
}

export type Icon = keyof typeof ICONS

/** A decorative icon above a message. */
export function sign (icon: Icon): Fragment {
  return html`<span class="sign ${icon}" aria-hidden="true"><svg viewBox="0 0 24 24" width="28" height="28" fill="none"
stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"><path d="${ICONS[icon]}"/></svg></span>`
}
