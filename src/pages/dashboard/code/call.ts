/** A call of the API that `programs.ts` writes as code, and the spellings of its names. Pure. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

export type JsonObject = { readonly [key: string]: Json | undefined }

export interface SampleCall {
  /** The base URL. */
  baseUrl: string
  apiKey: string
  /** The path of a POST operation: `/payments`. */
  path: string
  /** The resource of the clients: `checkout_sessions`. Its method is `create`. */
  resource: string
  /** The model of the whole body, if the clients have one: `CheckoutSessionRequest`. */
  model?: string
  /** The name of the variable for the result. */
  result: string
  /** The fields of the result that are printed. */
  prints: readonly string[]
  body: JsonObject
}

/** `checkout_url` as `checkoutUrl`. */
export function camelCase (name: string): string {
  const pascal = pascalCase(name)
  return pascal.charAt(0).toLowerCase() + pascal.slice(1)
}

/** `checkout_url` as `CheckoutUrl`. */
export function pascalCase (name: string): string {
  return name.split('_').map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** Words that some clients write in capitals. */
const CAPITALS = { ID: /Id(?![a-z])/g, URL: /Url(?![a-z])/g, '3DS': /3ds(?![a-z])/g }

/** With `URL`, `checkoutUrl` as `checkoutURL`. */
export function withCapitals (name: string, words: ReadonlyArray<keyof typeof CAPITALS>): string {
  return words.reduce((text, word) => text.replace(CAPITALS[word], word), name)
}

/** `checkout_sessions` as `CheckoutSession`. */
export function singular (resource: string): string {
  return pascalCase(resource).replace(/s$/, '')
}

export function isList (value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** The members that are given. */
export function membersOf (value: JsonObject): Array<[name: string, value: Json]> {
  return Object.entries(value).filter((member): member is [string, Json] => member[1] !== undefined)
}
