/** The control operations of the settings of the business. */
import type { ControlHandlers } from '../../contract/handlers.js'
import type { Reply, Schemas } from '../../contract/operations.js'
import type { Context } from '../../sandbox/sandbox.js'

export const settingsControls = {
  'GET /_emulator/settings': ({ context }) => shown(context),

  'PATCH /_emulator/settings': ({ body, context }) => {
    context.sandbox.businessSettings.change(body)
    context.sandbox.effects.settingsChanged(context)
    return shown(context)
  }
} satisfies ControlHandlers

/** The settings with the complete fee table, and with the business currency where no currencies are given. */
function shown ({ sandbox }: Context): Reply<'GET /_emulator/settings'> {
  const settings = sandbox.businessSettings.read()
  const { 'ledger.currencies': currencies, 'ledger.fees': fees } = settings
  return {
    ...settings,
    contract: sandbox.contract,
    'ledger.currencies': (currencies ?? [sandbox.business.currency]) as Array<Schemas['Currency']>,
    'ledger.fees': fees === 'off' ? fees : { ...sandbox.reference.fees, ...fees }
  }
}
