/** Renders the blocks of an e-mail as text and as HTML, so that both have the same content. */
import { html } from 'ghtml'
import type { Locale } from '../../messages/locale.js'

/** A paragraph, a link, or a text to copy, such as a key. */
export type Block = string | { link: string, url: string } | { code: string }

export interface Content {
  subject: string
  blocks: readonly Block[]
}

/** The stored content of an e-mail: its blocks, and the language that they are in. */
export interface EmailContent extends Pick<Locale, 'tag' | 'direction'> {
  blocks: readonly Block[]
}

const SUBJECT_MAX = 200

/** Returns a subject of one line. A line break in a name would begin another header. */
export function subjectLine (text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > SUBJECT_MAX ? `${line.slice(0, SUBJECT_MAX - 1)}…` : line
}

export function asText (blocks: readonly Block[], sender: string): string {
  const parts = blocks.map(block => {
    if (typeof block === 'string') return block
    return 'code' in block ? `    ${block.code}` : `${block.link}: ${block.url}`
  })
  return `${[...parts, sender].join('\n\n')}\n`
}

const BODY_STYLE = 'margin:0;padding:24px;background:#f4f5f8;color:#171b26;font:16px/1.5 system-ui,sans-serif'
const CARD_STYLE = 'max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:12px'
const CODE_STYLE = 'font:16px/1.5 ui-monospace,monospace;overflow-wrap:anywhere'

export function asHtml (subject: string, { blocks, tag, direction }: EmailContent, sender: string): string {
  const parts = blocks.map(block => {
    if (typeof block === 'string') return html`<p>${block}</p>`
    if ('code' in block) return html`<p dir="ltr" style="${CODE_STYLE}">${block.code}</p>`
    return html`<p><a href="${block.url}" style="color:#1f449f">${block.link}</a></p>`
  })
  return html`<!doctype html>
<html lang="${tag}" dir="${direction}"><head><meta charset="utf-8"><title>${subject}</title></head>
<body style="${BODY_STYLE}"><div style="${CARD_STYLE}">
<h1 style="font-size:20px">${subject}</h1>
!${parts.join('\n')}
<p style="color:#545d70">${sender}</p>
</div></body></html>
`
}
