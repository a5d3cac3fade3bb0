/** The control operations of the balance: reading the wallets, and booking entries by hand. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { balances, bookByHand } from './rules.js'
import { ledgerEntry } from './view.js'

export const ledgerControls = {
  'GET /_emulator/balances': ({ context }) => ({ items: balances(context) }),

  'POST /_emulator/ledger/entries': ({ body, context }) => ledgerEntry(bookByHand(body, context), context)
} satisfies ControlHandlers
