/**
 * The layout of every page of the dashboard: the navigation, the sandbox with its clock, and the result of the last action.
 * Automated tests can rely on the ids content, done, error-summary, live-state, current-sandbox; nav links with `aria-current`;
 * data-testid sandbox, clock.
 */
import type { FastifyReply } from 'fastify'
import { html } from 'ghtml'
import { ApiError } from '../../errors.js'
import { formatTime } from '../../rules/calendar.js'
import type { Context } from '../../sandbox/sandbox.js'
import { assetUrl } from '../assets.js'
import type { Fragment } from '../layout.js'
import { button } from './fields.js'
import { fieldId, type Refused, type FormState } from './form.js'
import { drawing, icon } from './icons.js'
import { pageOf, type SectionName } from './links.js'
import type { DashboardSection } from './section.js'

export interface Shell {
  title: string
  content: Fragment
  /** The section of the page. */
  section: SectionName
  sections: readonly DashboardSection[]
  context: Context
  /** The path that all links begin with. */
  base: string
  /** The version of the data; the script updates the page when the server announces another one. */
  version: string
  /** The message about a completed action. */
  done: string | null
  refused: Refused | null
  /** All sandboxes of the process, for the switcher. */
  sandboxes: ReadonlyArray<{ name: string, prefix: string }>
  /** The form to sign out; null without a key. */
  signOut: FormState | null
}

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** Documents in iframes load nothing and run no scripts, even if they are opened outside of the iframe. */
const IFRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; " +
  "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

/** Unlike the checkout, these pages refuse to be framed, and send a referrer to their own forms. */
export function secure (reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store'
  })
  reply.removeHeader('access-control-allow-origin')
}

/** Sends a document for an iframe of a page. */
export function sendIframe (reply: FastifyReply, html: string): void {
  secure(reply)
  reply.headers({ 'content-security-policy': IFRAME_POLICY, 'x-frame-options': 'SAMEORIGIN' })
  reply.type('text/html; charset=utf-8').send(html)
}

function send (reply: FastifyReply, status: number, page: Fragment): void {
  secure(reply)
  reply.code(status).type('text/html; charset=utf-8').send(page)
}

export function sendShell (reply: FastifyReply, status: number, shell: Shell): void {
  const { title, content, base, version, done, refused } = shell
  const name = `${refused === null ? '' : 'Error: '}${title} · dodo-emulator`
  send(reply, status, document(name, base, html`<body data-changes="${base}/dashboard/changes" data-version="${version}">
<a class="skip" href="#content">Skip to the content</a>
!${topbar(shell)}
<div class="workspace">
!${navigation(shell)}
<main id="content" tabindex="-1">
!${refused === null ? '' : refusal(refused, content)}
!${done === null ? '' : html`<p class="flash" id="done" role="status">!${icon('done')}${done}</p>`}
!${content}
</main>
</div>
</body>`))
}

function navigation ({ section, sections, base }: Shell): Fragment {
  const items = sections.filter(({ isHidden }) => isHidden !== true).map(({ name, title, icon: sign }) => {
    const isHere = name === section ? ' aria-current="page"' : ''
    return html`<li><a href="${pageOf({ base }, name)}"!${isHere}>!${drawing(sign)}${title}</a></li>`
  })
  return html`<nav class="sections" id="sections" aria-label="Dashboard" popover><ul>!${items}</ul></nav>`
}

/** A page without the navigation, for visitors who are not signed in, and for errors outside of a sandbox. */
export function sendBare (reply: FastifyReply, status: number, page: { title: string, content: Fragment, base: string }): void {
  send(reply, status, document(`${page.title} · dodo-emulator`, page.base, html`<body class="bare-page">
<main id="content">
<p class="brand">!${icon('brand')}dodo-emulator</p>
!${page.content}
</main>
</body>`))
}

function document (title: string, base: string, body: Fragment): Fragment {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${base}${assetUrl('icon.svg')}">
<link rel="stylesheet" href="${base}${assetUrl('dashboard.css')}">
<script src="${base}${assetUrl('dashboard.js')}" defer></script>
</head>
!${body}
</html>
`
}

function topbar ({ context, base, signOut, sandboxes }: Shell): Fragment {
  return html`<header class="topbar">
<button type="button" class="menu-button" popovertarget="sections">!${icon('menu')}<span>Menu</span></button>
<a class="brand" href="${base}/" aria-label="dodo-emulator">!${icon('brand')}<span>dodo-emulator</span></a>
<form class="search" role="search" aria-label="Everything" action="${pageOf({ base }, 'search')}">
!${icon('search')}<input type="search" name="q" id="search" aria-label="Find anything" placeholder="Find anything"
autocomplete="off" spellcheck="false" aria-keyshortcuts="/"></form>
<div class="current-sandbox" id="current-sandbox" data-live>
<button type="button" class="switch" id="switch" popovertarget="switcher" data-testid="sandbox"><span class="quiet">Sandbox</span>
<strong>${context.sandbox.name}</strong>!${icon('below')}</button>
!${clock(context, base)}!${activeFaults(context, base)}
</div>
<p class="live with-script" id="live-state" role="status" data-state="starting">
<span class="visually-hidden">Connecting</span></p>
!${signOut === null ? '' : button(signOut, 'Sign out', 'bare')}
!${switcher(sandboxes, context, base)}
</header>`
}

const SWITCHED_MAX = 50

/** Links to the same section of other sandboxes. It is a popover, which works without scripts. */
function switcher (all: Shell['sandboxes'], { sandbox: here }: Context, base: string): Fragment {
  const root = base.slice(0, base.length - here.prefix.length)
  const items = all.slice(0, SWITCHED_MAX).map(({ name, prefix }) =>
    html`<li><a href="${root}${prefix}/"!${name === here.name ? ' aria-current="true"' : ''}>${name}</a></li>`)
  return html`<div class="switcher" id="switcher" popover data-live><h2>Sandboxes</h2><ul>!${items}</ul>
<p><a href="${pageOf({ base }, 'controls', 'sandboxes')}">!${all.length > SWITCHED_MAX
    ? html`All ${all.length} sandboxes`
    : 'Create or delete sandboxes'}</a></p></div>`
}

/** The time in the sandbox. The script advances it every second. */
function clock ({ sandbox, now }: Context, base: string): Fragment {
  const { frozen_at: frozenAt, offset_us: offset } = sandbox.clock.state()
  const isMoved = Math.abs(offset) >= 1_000_000
  const states = [...(frozenAt === null ? [] : ['frozen']), ...(isMoved ? [`moved ${distance(offset)}`] : [])]
  const iso = formatTime(now)
  return html`<a href="${pageOf({ base }, 'controls')}" class="clock" data-testid="clock">!${icon('clock')}
<time datetime="${iso}" data-clock="${frozenAt === null ? 'running' : 'frozen'}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>
<span class="quiet">UTC</span>!${states.map(state => html` <span class="tag wait">${state}</span>`)}</a>`
}

const UNITS = [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]] as const

/** `+3 d`, `−2 h`. */
function distance (us: number): string {
  const seconds = Math.round(Math.abs(us) / 1_000_000)
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ['s', 1]
  return `${us < 0 ? '−' : '+'}${Math.floor(seconds / length)} ${unit}`
}

/** Faults of API calls and of deliveries, which explain unexpected errors. */
function activeFaults ({ sandbox: { faults, sender } }: Context, base: string): Fragment {
  const shown = (count: number, what: string, url: string) => count === 0
    ? ''
    : html`<a href="${url}" class="tag bad" data-testid="faults">${count} ${what}${count === 1 ? '' : 's'}</a>`
  return html`!${shown(faults.list().length, 'fault', pageOf({ base }, 'controls', 'faults'))}
!${shown(sender.faults.list().length, 'webhook fault', pageOf({ base }, 'webhooks', 'faults'))}`
}

/** The API's error for a form, at the top of the page. Each detail links to its field if the page has it. */
function refusal ({ form, error }: Refused, content: Fragment): Fragment {
  const details = error.details ?? []
  const [only] = details
  const isTwice = details.length === 1 && only !== undefined &&
    [only.message, `${only.path} ${only.message}`].includes(error.message)
  return html`<div class="alert" id="error-summary" role="alert" tabindex="-1" autofocus>
<h2>Refused: <code>${error.code}</code></h2>
!${isTwice ? '' : html`<p>${error.message}</p>`}
!${details.length === 0
    ? ''
    : html`<ul>!${details.map(detail => problemItem(detail, form.action, content))}</ul>`}
</div>`
}

function problemItem ({ path, message }: NonNullable<ApiError['details']>[number], action: string, content: Fragment): Fragment {
  const isSentence = /^[A-Z]/.test(message) || message.startsWith(path)
  const text = isSentence ? message : `${path} ${message}`.trim()
  const id = elementOf(path, action, content)
  return id === null ? html`<li>${text}</li>` : html`<li><a href="#${id}">${text}</a></li>`
}

/** The id of the field for a path, or for a part of it: `price.currency` finds the field of `price`. */
function elementOf (path: string, action: string, content: Fragment): string | null {
  const steps = path.split(/(?=[.[])/)
  for (let length = steps.length; length > 0; length--) {
    const id = fieldId(action, steps.slice(0, length).join(''))
    if (content.includes(` id="${id}"`)) return id
  }
  return null
}
