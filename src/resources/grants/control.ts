/** The control operations of grants: acting as the customer, the platform or the merchant. */
import type { ControlHandlers } from '../../contract/handlers.js'
import { paging } from '../../contract/paging.js'
import { keyText, checkKeyIsFree } from '../license-keys/rules.js'
import { accept, deliver, fail, restore, revoke } from './lifecycle.js'
import { findGrant } from './rules.js'
import { grantStates } from './states.js'
import { grantResponse } from './view.js'

const ERROR_CODE = 'platform_error'
export const REFUSED_BY_PLATFORM = 'The platform refused the request.'
const ACCOUNT = 'customer'

export const grantControls = {
  'GET /_emulator/grants': ({ query, context }) => {
    const { limit, offset, filter } = paging(query)
    return { items: context.sandbox.grants.list(filter, limit, offset).map(grant => grantResponse(grant, context)) }
  },

  'POST /_emulator/grants/{grant_id}/accept': ({ path, body, context }) => {
    accept(findGrant(path.grant_id, context), body?.account ?? ACCOUNT, context)
    return grantResponse(findGrant(path.grant_id, context), context)
  },

  'POST /_emulator/grants/{grant_id}/deliver': ({ path, body, context }) => {
    const grant = findGrant(path.grant_id, context)
    grantStates.check('deliver', grant, context)
    if (body?.key === undefined) deliver(grant, context)
    else {
      const key = keyText(body.key)
      checkKeyIsFree(key, context)
      deliver(grant, context, { key: { key } })
    }
    return grantResponse(findGrant(path.grant_id, context), context)
  },

  'POST /_emulator/grants/{grant_id}/fail': ({ path, body, context }) => {
    const error = { code: body?.error_code ?? ERROR_CODE, message: body?.error_message ?? REFUSED_BY_PLATFORM }
    fail(findGrant(path.grant_id, context), error, context)
    return grantResponse(findGrant(path.grant_id, context), context)
  },

  'POST /_emulator/grants/{grant_id}/revoke': ({ path, body, context }) => {
    const grant = findGrant(path.grant_id, context)
    grantStates.check('revoke', grant, context)
    revoke(grant, body?.reason ?? 'platform_external', context)
    return grantResponse(findGrant(path.grant_id, context), context)
  },

  'POST /_emulator/grants/{grant_id}/restore': ({ path, context }) => {
    restore(findGrant(path.grant_id, context), context)
    return grantResponse(findGrant(path.grant_id, context), context)
  }
} satisfies ControlHandlers
