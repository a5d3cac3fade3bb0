/** The QR code of a UPI payment, drawn on the server. Its address does not exist, so that a scan pays no one. */
import { html } from 'ghtml'
import { encode } from 'uqr'
import { decimal } from '../../rules/decimal.js'
import type { Fragment } from '../layout.js'
import type { Shown } from '../page-context.js'

const ADDRESS = 'test@dodo-emulator.invalid'
const NAME_MAX = 60

export interface Due { total_amount: number, currency: string }

export function upiCode ({ total_amount: total, currency }: Due, { sandbox, locale }: Shown): Fragment {
  const { business, reference: { currencies } } = sandbox
  const amount = decimal(total, currencies[currency]?.exponent ?? 2)
  const query = new URLSearchParams({ pa: ADDRESS, pn: [...business.name].slice(0, NAME_MAX).join(''), am: amount, cu: currency })
  const { data, size } = encode(`upi://pay?${query.toString()}`, { ecc: 'M', border: 2 })
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => isDark ? [`M${x} ${y}h1v1h-1z`] : [])).join('')
  return html`<svg class="qr" id="upi-code" viewBox="0 0 ${size} ${size}" width="176" height="176" role="img"
aria-label="${locale.text('upi.qr')}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/>
<path d="${path}" fill="#101420"/></svg>`
}
