/** Whether a text can be an e-mail address: something, an @, something, without spaces. Only sending to it would tell more. */
import { ApiError } from '../errors.js'

const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/

export function isEmail (text: string): boolean {
  return EMAIL.test(text)
}

/** `path` is where the request names the address. Throws INVALID_REQUEST_PARAMETERS. */
export function checkEmail (email: string, path: string): void {
  if (isEmail(email)) return
  throw new ApiError('INVALID_REQUEST_PARAMETERS', { path, message: `${path} must be an e-mail address` })
}
