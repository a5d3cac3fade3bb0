/** An emulator whose dashboard tests read and use without a browser. */
import type { Test } from 'tap'
import { startEmulator, type TestEmulator } from '../helper.js'

const HTML = { accept: 'text/html', host: 'localhost' }

export interface Shown {
  status: number
  /** The page as sent, and with its entities decoded. */
  html: string
  text: string
  location: string
  headers: Record<string, unknown>
}

export interface Visitor extends TestEmulator {
  visit (url: string, headers?: Record<string, string>): Promise<Shown>
  /** Sends one of the forms of a page, with the token of the page. */
  send (url: string, action: string, fields?: Record<string, string>): Promise<Shown>
  /** Like `send`, for a form with files. */
  upload (url: string, action: string, fields: Record<string, string | File>): Promise<Shown>
  /** Sends a form, checks that it is accepted, and follows the redirect. */
  follow (url: string, action: string, fields?: Record<string, string>): Promise<Shown>
}

export function visitor (test: Test, options: Parameters<typeof startEmulator>[1] = {}): Visitor {
  const started = startEmulator(test, options)
  const { app } = started.emulator

  const shown = ({ statusCode: status, body: html, headers }: Awaited<ReturnType<typeof inject>>): Shown => ({
    status, html, headers, text: plain(html), location: String(headers['location'] ?? '')
  })
  const inject = (request: object) => app.inject(request)
  const visit = async (url: string, headers = {}) => shown(await inject({ url, headers: { ...HTML, ...headers } }))
  /** Follows the redirect to a form that is shown again: refused, without a valid token, or filled in step by step. */
  const again = async (answer: Shown) => /[?&]form=/.test(answer.location) ? await visit(answer.location) : answer
  const tokenOf = async (url: string) => /name="token" value="([^"]+)"/.exec((await visit(url)).html)?.[1] ?? ''

  async function post (url: string, type: string, payload: string | Buffer): Promise<Shown> {
    return await again(shown(await inject({ method: 'POST', url, headers: { ...HTML, 'content-type': type }, payload })))
  }

  async function send (url: string, action: string, fields = {}): Promise<Shown> {
    const sent = new URLSearchParams({ token: await tokenOf(url), action, ...fields })
    return await post(url, 'application/x-www-form-urlencoded', sent.toString())
  }

  return {
    ...started,
    visit,
    send,
    async upload (url, action, fields) {
      const form = new FormData()
      for (const [name, value] of Object.entries({ token: await tokenOf(url), action, ...fields })) form.append(name, value)
      const encoded = new Response(form)
      return await post(url, encoded.headers.get('content-type') ?? '', Buffer.from(await encoded.arrayBuffer()))
    },
    async follow (url, action, fields) {
      const answer = await send(url, action, fields)
      test.equal(answer.status, 303, answer.text)
      const next = await visit(answer.location)
      test.equal(next.status, 200, next.text)
      return next
    }
  }
}

function plain (html: string): string {
  return html.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
}

/** The text of one part of a page, without tags and with single spaces; empty if there is no such part. */
export function partOf ({ html }: Shown, id: string): string {
  const opening = new RegExp(`<(\\w+)[^<>]* id="${id}"[^<>]*>`).exec(html)
  const [start = '', name = ''] = opening ?? []
  const rest = html.slice((opening?.index ?? html.length) + start.length)
  let depth = 1
  let end = 0
  for (const { index, 1: slash } of rest.matchAll(new RegExp(`<(/?)${name}\\b`, 'g'))) {
    depth += slash === '/' ? -1 : 1
    end = index
    if (depth === 0) break
  }
  return plain(rest.slice(0, end).replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim()
}

/** The URLs that a page leads to, without those of its list of sandboxes. */
export function linksOf ({ html }: Pick<Shown, 'html'>): string[] {
  const page = html.replace(/<div class="switcher"[\s\S]*?<\/div>/, '')
  return [...page.matchAll(/ (?:href|action|data-changes)="([^"#][^"]*)"/g)].map(([, url]) => url ?? '')
}

/** The error message at a field. */
export function problemOf ({ html }: Shown, fieldId: string): string | null {
  const found = new RegExp(`id="${fieldId}-problem">([^<]*)<`).exec(html)?.[1]
  return found === undefined ? null : plain(found)
}
