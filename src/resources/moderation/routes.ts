/** Handlers of the operations under /moderation. */
import type { Handlers } from '../../contract/handlers.js'
import { formatTime } from '../../rules/calendar.js'
import { decideScreen } from './rules.js'

export const moderationHandlers = {
  'POST /moderation/screen': ({ body, context }) => {
    const verdict = decideScreen(body)
    context.sandbox.moderation.count(formatTime(context.now).slice(0, 10))
    return verdict
  },

  /** Test mode bills nothing, so no screens are unbilled. */
  'GET /moderation/usage': ({ context }) => ({
    daily: context.sandbox.moderation.days(), screens_to_next_block: 0, unbilled_screens: 0
  })
} satisfies Handlers
