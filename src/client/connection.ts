/** The functions of a sandbox together with what a client of the emulated API needs. */
import type { Controls } from './controls.js'

/** The functions of a sandbox, with its URL and API key. */
export interface Connection extends Controls {
  /** The base URL for the client: `http://127.0.0.1:49152`, or `http://127.0.0.1:49152/~name` for a sandbox. */
  url: string
  /** An API key for the client. */
  apiKey: string
}
