/**
 * The details that a wallet supplies. Customers who press an express button need not fill in the form: a test wallet supplies the
 * empty fields. Entered values stay. Pure.
 */
import type { DetailName, Terms } from '../../../resources/checkouts/terms.js'
import type { Sandbox } from '../../../sandbox/sandbox.js'
import { UPI_SCAN, readForm } from '../submission.js'
import { FIELD_OF, entryOf } from './form.js'

const HOLDER: Partial<Record<DetailName, string>> = {
  name: 'Wallet Customer',
  email: 'wallet.customer@example.com',
  phone: '+12015550123',
  street: '1 Wallet Street',
  city: 'Springfield',
  state: 'CA',
  zipcode: '94107'
}

export interface ExpressForm {
  body: unknown
  /** Whether customers see the total when they approve the payment. The country, which decides the tax, is then the wallet's. */
  isTotalShownLater: boolean
}

/** The form with the details of the wallet, if an express button sent it. */
export function withWallet (body: unknown, { known }: Terms, { business }: Sandbox): ExpressForm {
  const { express } = readForm(body)
  if (express === '' || express === UPI_SCAN) return { body, isTotalShownLater: false }
  const details = { ...HOLDER, country: business.country }
  const added = Object.entries(details).filter(([name]) => isMissing(name as DetailName))
  return {
    body: { ...body as object, ...Object.fromEntries(added.map(([name, value]) => [FIELD_OF[name as DetailName], value])) },
    isTotalShownLater: isMissing('country')
  }

  function isMissing (name: DetailName): boolean {
    return known[name] === null && entryOf(body, FIELD_OF[name]).trim() === ''
  }
}
