/** Reads the bodies of forms on hosted pages. */
import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'

const FORM_MAX_BYTES = 32 * 1024

/** Calls the plugin directly, because registering it compares versions with a library that nothing else needs. */
export function readForms (scope: FastifyInstance): void {
  formbody(scope, { bodyLimit: FORM_MAX_BYTES }, () => {})
}
