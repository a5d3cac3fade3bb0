/** Forms of the catalog in the dashboard. */
import type { Test } from 'tap'
import { partOf, type Shown, type Visitor } from './dashboard-visitor.js'

export const HOSTILE = '<img src=x onerror=alert(1)>"\'&'

export const ONE_TIME = {
  name: 'Notebook', tax_category: 'digital_products', 'price.type': 'one_time_price', 'price.currency': 'USD', 'price.price': '19.99'
}

/** The id in the URL to which an accepted form redirects. */
function idOf ({ location }: Shown): string {
  return /\/dashboard\/\w+\/(\w+)/.exec(location)?.[1] ?? ''
}

export async function made<Json> (test: Test, shop: Visitor, section: string, fields: Record<string, string>): Promise<Json> {
  const answer = await shop.send(`/dashboard/${section}/new`, 'save', fields)
  test.equal(answer.status, 303, partOf(answer, 'error-summary'))
  return await shop.get<Json>(`/${section}/${idOf(answer)}`)
}

/** All fields of a form as a browser sends them. */
export function fieldsOf ({ html }: Shown): Record<string, string> {
  const plain = (text: string) => text.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
  const fields: Record<string, string> = {}
  for (const [, type, name = '', value = '', rest = ''] of html.matchAll(/<input type="(\w[\w-]*)" id="[^"]*" name="([^"]+)" value="([^"]*)"([^>]*)>/g)) {
    if (type !== 'checkbox' || rest.includes(' checked')) fields[plain(name)] = plain(value)
  }
  for (const [, name = '', text = ''] of html.matchAll(/<textarea id="[^"]*" name="([^"]+)"[^>]*>\n([^<]*)<\/textarea>/g)) fields[name] = plain(text)
  for (const [, name = '', options = ''] of html.matchAll(/<select id="[^"]*" name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const chosen = /<option value="([^"]*)" selected>/.exec(options) ?? /<option value="([^"]*)"/.exec(options)
    fields[plain(name)] = plain(chosen?.[1] ?? '')
  }
  return fields
}
