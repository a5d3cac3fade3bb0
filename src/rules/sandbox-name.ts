/** Names of sandboxes. A name becomes part of a URL path and of a file name. */

export const SANDBOX_NAME_RULE = '1 to 63 letters, digits, hyphens and underscores, beginning with a letter or a digit'

export function isSandboxName (text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text)
}
