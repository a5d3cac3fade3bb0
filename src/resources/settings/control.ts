/** The control operations of the settings of the business. */
import type { ControlHandlers } from '../../contract/handlers.js'

export const settingsControls = {
  'GET /_emulator/settings': ({ context }) => context.sandbox.businessSettings.read(),

  'PATCH /_emulator/settings': ({ body, context: { sandbox: { businessSettings } } }) => {
    businessSettings.change(body)
    return businessSettings.read()
  }
} satisfies ControlHandlers
