/**
 * Small pictures of card brands and payment methods. All are drawn for this project: no trademark is copied, so the pictures only
 * resemble the brands by colour and name. They are decorative, because each is beside a text.
 */
import { html } from 'ghtml'
import type { Fragment } from '../layout.js'
import type { CardBrand } from './brands.js'

interface Tile {
  ground: string
  ink: string
  /** The text on the tile, or a drawing. */
  text?: string
  drawing?: Fragment
}

const BRAND_TILES: Record<CardBrand, Tile> = {
  visa: { ground: '#24389c', ink: '#fff', text: 'VISA' },
  mastercard: {
    ground: '#23262f',
    ink: '#fff',
    drawing: '<g fill="none" stroke-width="2.6"><circle cx="15.5" cy="12" r="5.4" stroke="#ef6a45"/>' +
      '<circle cx="22.5" cy="12" r="5.4" stroke="#f4b942"/></g>'
  },
  amex: { ground: '#1778b5', ink: '#fff', text: 'AMEX' },
  discover: { ground: '#3b3f48', ink: '#fff', text: 'DISC' },
  rupay: {
    ground: '#f4f5f8',
    ink: '#1c2333',
    drawing: '<path d="M13 5l5 7-5 7z" fill="#e4792f"/><path d="M20 5l5 7-5 7z" fill="#2b9a5c"/>'
  }
}

const METHOD_TILES: Record<string, Tile> = {
  apple_pay: {
    ground: '#16181d',
    ink: '#fff',
    drawing: '<g fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"><path d="M14.5 9.5a5 5 0 0 1 0 5"/>' +
      '<path d="M18 7.5a9 9 0 0 1 0 9"/><path d="M21.5 5.5a13 13 0 0 1 0 13"/></g>'
  },
  google_pay: {
    ground: '#f4f5f8',
    ink: '#1c2333',
    drawing: '<g fill="none" stroke-width="2.8"><path d="M13.5 12a5.5 5.5 0 0 1 5.5-5.5" stroke="#d94a3d"/>' +
      '<path d="M19 6.5a5.5 5.5 0 0 1 5.5 5.5" stroke="#e9b02f"/><path d="M24.5 12a5.5 5.5 0 0 1-5.5 5.5" ' +
      'stroke="#3f9a5b"/><path d="M19 17.5a5.5 5.5 0 0 1-5.5-5.5" stroke="#3c73d6"/></g>'
  },
  paypal: { ground: '#f6c443', ink: '#1d2f6f', text: 'PP' },
  amazon_pay: { ground: '#2a3342', ink: '#f3b04a', text: 'amz' },
  cashapp: { ground: '#1fa463', ink: '#fff', text: '$' },
  ali_pay: { ground: '#2673dd', ink: '#fff', text: 'Ali' },
  we_chat_pay: { ground: '#2aa145', ink: '#fff', text: 'WeC' },
  klarna: { ground: '#f4b3cb', ink: '#251b22', text: 'Kl.' },
  afterpay_clearpay: { ground: '#b9f0dc', ink: '#12332a', text: 'AC' },
  affirm: { ground: '#5a5ce0', ink: '#fff', text: 'aff' },
  ideal: { ground: '#b8246f', ink: '#fff', text: 'iD' },
  bancontact_card: { ground: '#1f5aa8', ink: '#ffd35c', text: 'Bc' },
  sepa: { ground: '#1b4b9b', ink: '#fff', text: 'SEPA' },
  upi: {
    ground: '#f4f5f8',
    ink: '#1c2333',
    drawing: '<path d="M15 5l7 7-7 7z" fill="#e4792f"/><path d="M19 5l7 7-7 7z" fill="#2b9a5c"/>'
  }
}

/** Drawings of the kinds of methods without a tile of their own. */
const FAMILY_DRAWINGS: Record<string, string> = {
  card: '<rect x="10" y="6.5" width="18" height="11" rx="2"/><path d="M10 10.5h18"/>',
  wallet: '<path d="M11 8.5a2 2 0 0 1 2-2h11v3M11 8.5v7a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-4a2 2 0 0 0-2-2H12M23.5 13.5h.01"/>',
  pay_later: '<circle cx="19" cy="12" r="6"/><path d="M19 8.5V12l2.5 1.5"/>',
  bank: '<path d="M11.5 10L19 6l7.5 4zM13.5 12v4M17 12v4M21 12v4M24.5 12v4M11.5 18h15"/>',
  voucher: '<path d="M12 6.5v11M15 6.5v11M17 6.5v11M20.5 6.5v11M23 6.5v11M26 6.5v11"/>',
  crypto: '<path d="M19 5.5l5.6 3.25v6.5L19 18.5l-5.6-3.25v-6.5z"/><path d="M16.8 12h4.4"/>',
  instant: '<path d="M20 5.5l-5 7h4l-1 6 5-7h-4z"/>',
  mobile: '<rect x="15" y="4.5" width="8" height="15" rx="2"/><path d="M18 17h2"/>',
  gift: '<path d="M12 10.5h14v8H12zM11 7.5h16v3H11zM19 7.5v11"/>'
}

const FAMILY_OF: Record<string, keyof typeof FAMILY_DRAWINGS> = {
  card_redirect: 'card',
  bank_redirect: 'bank',
  bank_transfer: 'bank',
  bank_debit: 'bank',
  open_banking: 'bank',
  real_time_payment: 'instant',
  upi: 'instant',
  mobile_payment: 'mobile',
  gift_card: 'gift',
  reward: 'gift'
}

/** The tile of a card brand; that of an unknown card for any other text. */
export function brandLogo (brand: string): Fragment {
  const tile = Object.hasOwn(BRAND_TILES, brand) ? BRAND_TILES[brand as CardBrand] : undefined
  return tile === undefined ? outline(FAMILY_DRAWINGS['card'] ?? '', brand) : tileOf(tile, brand)
}

/** The tile of a payment method: its own, or that of its kind. */
export function methodLogo (type: string, method: string): Fragment {
  const tile = Object.hasOwn(METHOD_TILES, type) ? METHOD_TILES[type] : undefined
  if (tile !== undefined) return tileOf(tile, type)
  const family = Object.hasOwn(FAMILY_OF, method) ? FAMILY_OF[method] : method
  return outline(FAMILY_DRAWINGS[family ?? ''] ?? FAMILY_DRAWINGS['card'] ?? '', type)
}

function tileOf ({ ground, ink, text, drawing }: Tile, name: string): Fragment {
  const inside = drawing ?? html`<text x="19" y="16.2" text-anchor="middle" fill="${ink}">${text ?? ''}</text>`
  return html`<svg class="logo" data-logo="${name}" viewBox="0 0 38 24" width="38" height="24" aria-hidden="true">
<rect x="0.5" y="0.5" width="37" height="23" rx="4.5" fill="${ground}" stroke="rgb(20 28 50 / 14%)"/>!${inside}</svg>`
}

function outline (drawing: Fragment, name: string): Fragment {
  return html`<svg class="logo plain" data-logo="${name}" viewBox="0 0 38 24" width="38" height="24" aria-hidden="true">
<rect x="0.5" y="0.5" width="37" height="23" rx="4.5"/><g fill="none" stroke="currentColor" stroke-width="1.5"
stroke-linecap="round" stroke-linejoin="round">!${drawing}</g></svg>`
}
