/**
 * The mailbox in the dashboard, like a mail program: the list beside the open e-mail, which is shown as HTML in a sandboxed
 * iframe, as text, or as the source of the message, which can be downloaded. Stable ids for browser tests: messages, message,
 * preview, text, source; data-testid message-link (with data-email-id and data-type), no-message.
 */
import { html } from 'ghtml'
import type { components } from '../../contract/control-types.gen.js'
import { pageOf, pathOf } from '../../pages/dashboard/links.js'
import { filterForm, filtersOf, listed, pagination, pastEnd, type Filter, type Listed } from '../../pages/dashboard/lists.js'
import type { DashboardPage, PageContext, Shown } from '../../pages/dashboard/page.js'
import {
  card, cellLink, code, crumb, empty, facts, fullTime, heading, iframe, linkButton, snippet, table, timeTag, labelOf, type Row
} from '../../pages/dashboard/parts.js'
import type { DashboardSection, Subject } from '../../pages/dashboard/section.js'
import type { Fragment } from '../../pages/layout.js'
import { EMAIL_TYPES } from '../../rules/email-types.js'
import { findEmail } from './rules.js'

type Item = components['schemas']['EmailItem']
type Email = components['schemas']['Email']

const LATEST = 8

const FILTER_NAMES = ['search', 'type', 'to', 'customer_id', 'payment_id', 'subscription_id', 'grant_id'] as const

const FILTERS: readonly Filter[] = [
  { name: 'search', label: 'Search', type: 'search', placeholder: 'Subject, address or text' },
  { name: 'type', label: 'Type', type: 'choice', options: EMAIL_TYPES.map(type => [type, labelOf(type)] as const) },
  { name: 'to', label: 'Recipient', type: 'text', placeholder: 'ada@example.com', isRare: true },
  { name: 'customer_id', label: 'Customer', type: 'text', placeholder: 'cus_…', isRare: true },
  { name: 'payment_id', label: 'Payment', type: 'text', placeholder: 'pay_…', isRare: true },
  { name: 'subscription_id', label: 'Subscription', type: 'text', placeholder: 'sub_…', isRare: true },
  { name: 'grant_id', label: 'Grant', type: 'text', placeholder: 'entg_…', isRare: true }
]

const VIEWS = [['html', 'HTML'], ['text', 'Text'], ['source', 'Source']] as const

type View = typeof VIEWS[number][0]

/** The mailbox with an open e-mail, or without. */
async function mailbox (page: PageContext, open: Email | null): Promise<Shown> {
  const filters = filtersOf(page, FILTER_NAMES)
  const found = await listed(page, paging => page.operate('GET /_emulator/emails', { query: { ...filters, ...paging } }))
  const isFiltered = Object.keys(filters).length > 0
  const head = open === null
    ? heading('Mailbox')
    : heading('Mailbox', '', crumb(page, withQuery(pathOf('emails'), page), 'All e-mails'))
  return {
    title: open === null ? 'Mailbox' : open.subject,
    content: html`!${head}<div class="mailbox!${open === null ? '' : ' open'}">
!${card(html`!${filterForm({ ...page, url: withQuery(pageOf(page, 'emails'), page) }, FILTERS)}
<div id="messages" data-live>!${messages(found, open, isFiltered, page)}</div>`, { id: 'listed', pad: false })}
!${open === null
    ? '<div class="card no-message" data-testid="no-message"><p class="quiet">Choose an e-mail to read it.</p></div>'
    : await message(open, page)}
</div>`
  }
}

/** A URL with the filters and the page of the list. */
function withQuery (url: string, { search }: PageContext, view?: View): string {
  const query = new URLSearchParams([...search].filter(([name]) => name !== 'view' && name !== 'done'))
  if (view !== undefined && view !== 'html') query.set('view', view)
  return query.size === 0 ? url : `${url}?${query}`
}

function messages (found: Listed<Item>, open: Email | null, isFiltered: boolean, page: PageContext): Fragment {
  const listPage = { ...page, url: withQuery(pageOf(page, 'emails'), page) }
  if (found.items.length === 0 && found.page > 1) return pastEnd(listPage, 'e-mails')
  if (found.items.length === 0) {
    return isFiltered
      ? empty('No matching e-mails', html`<p>Change the filters, or <a href="${pageOf(page, 'emails')}">show all</a>.</p>`)
      : empty('No e-mails yet', '<p>E-mails that the real service would send to customers appear here. ' +
        'Nothing leaves the emulator without <code>--smtp-url</code>.</p>')
  }
  return html`<ul class="messages">!${found.items.map(item => {
    const url = withQuery(pageOf(page, 'emails', item.email_id), page)
    const isOpen = item.email_id === open?.email_id ? ' aria-current="true"' : ''
    return html`<li id="row-${item.email_id}"><a href="${url}"!${isOpen} data-testid="message-link"
data-email-id="${item.email_id}" data-type="${item.type}"><span class="to">${item.to}</span>!${timeTag(item.created_at, page)}
<strong>${item.subject}</strong><span class="under">${labelOf(item.type)}</span></a></li>`
  })}</ul>!${pagination(listPage, found, 'e-mails')}`
}

async function message (email: Email, page: PageContext): Promise<Fragment> {
  const view = VIEWS.find(([name]) => name === page.search.get('view'))?.[0] ?? 'html'
  const url = pageOf(page, 'emails', email.email_id)
  const views = html`<nav class="tabs" aria-label="Views of the e-mail"><ul>!${VIEWS.map(([name, title]) =>
    html`<li><a href="${withQuery(url, page, name)}"!${name === view ? ' aria-current="page"' : ''}>${title}</a></li>`)}
</ul></nav>`
  const about = [
    ['Customer', 'customers', email.customer_id], ['Payment', 'payments', email.payment_id],
    ['Subscription', 'subscriptions', email.subscription_id], ['Grant', 'grants', email.grant_id]
  ] as const
  return html`<article class="card" id="message" aria-labelledby="subject">
<div class="pad"><h2 id="subject">${email.subject}</h2>
!${facts([
    ['From', html`${email.from}`],
    ['To', html`${email.to}`],
    ['Date', fullTime(email.created_at, page)],
    ['Type', html`${labelOf(email.type)}`],
    ['SMTP', email.smtp_status === null
      ? null
      : html`${email.smtp_status}${email.smtp_error === null ? '' : `: ${email.smtp_error}`}`],
    ...about.map(([label, section, id]) =>
      [label, id === null ? null : cellLink(pageOf(page, section, id), code(id))] as const)
  ])}
!${views}
!${view === 'html' ? html`<div id="preview">!${iframe(`${url}/preview`, 'Preview of the e-mail')}</div>` : ''}
!${view === 'text' ? snippet(email.text, { id: 'text', label: 'Text of the e-mail' }) : ''}
!${view === 'source' ? await source(email, url, page) : ''}
</div></article>`
}

async function source ({ email_id: id }: Email, url: string, page: PageContext): Promise<Fragment> {
  const { bytes } = await sourceFile(id, page)
  return html`!${snippet(Buffer.from(bytes).toString('utf8'), { id: 'source', label: 'Source of the e-mail' })}
<p>!${linkButton(`${url}/source.eml`, 'Download')}</p>`
}

/** The e-mail as a file, which mail programs open. */
async function sourceFile (emailId: string, page: PageContext): Promise<{ name: string, mediaType: string, bytes: Uint8Array }> {
  const file = await page.operate('GET /_emulator/emails/{email_id}/source', { path: { email_id: emailId } })
  return { name: file.fileName, mediaType: 'message/rfc822', bytes: await file.bytes() }
}

const emailPage: DashboardPage = {
  async show (page) {
    const email = await page.operate('GET /_emulator/emails/{email_id}', { path: { email_id: page.param('id') } })
    return await mailbox(page, email)
  }
}

/** The latest e-mails to a customer, or about a payment, a subscription or a grant. */
async function related (subject: Subject, page: PageContext): Promise<Fragment> {
  if ('product_id' in subject || 'entitlement_id' in subject) return ''
  const { items } = await page.operate('GET /_emulator/emails', { query: { ...subject, page_size: LATEST } })
  if (items.length === 0) return ''
  const rows = items.map((item): Row => ({
    id: item.email_id,
    cells: [
      cellLink(pageOf(page, 'emails', item.email_id), html`${item.subject}`, item.to),
      html`${labelOf(item.type)}`,
      timeTag(item.created_at, page)
    ]
  }))
  const all = linkButton(`${pageOf(page, 'emails')}?${new URLSearchParams(subject)}`, 'All e-mails')
  const content = table('E-mails', [{ title: 'E-mail' }, { title: 'Type', kind: 'low' }, { title: 'Sent', kind: 'low' }], rows)
  return card(content, { id: 'emails', title: 'E-mails', live: true, pad: false, actions: all })
}

export const emailsSection: DashboardSection = {
  name: 'emails',
  objects: [{
    kind: 'E-mails',
    prefix: 'eml',
    find: (id, { context }) => context.sandbox.emails.find(id)?.subject ?? null,
    async search (text, limit, page) {
      const { items } = await page.operate('GET /_emulator/emails', { query: { search: text, page_size: limit } })
      return items.map(({ email_id: id, subject, to }) => ({ id, text: `${subject} · ${to}` }))
    }
  }],
  title: 'Mailbox',
  icon: 'M3 6h18v12H3zM3 7l9 6 9-6',
  position: 55,
  pages: { '/': { show: page => mailbox(page, null) }, '/:id': emailPage },
  files: { '/:id/source.eml': { read: page => sourceFile(page.param('id'), page) } },
  iframes: {
    // Links of the e-mail open in a new tab, because the iframe may not navigate the page.
    '/:id/preview': {
      async read (page) {
        const { html } = findEmail(page.param('id'), page.context)
        return { html: html.replace('<head>', '<head><base target="_blank">') }
      }
    }
  },
  related
}
