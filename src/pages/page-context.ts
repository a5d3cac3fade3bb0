/**
 * The context of a hosted page: that of its request, with the language of the page. The language of a checkout session comes
 * first, then the visitor's choice, the languages of the browser, and English. A choice is kept in a cookie and, for iframes in
 * which the browser may refuse cookies, in the query.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { languageFor, languageOfHeader, type LanguageChoice } from '../messages/languages.js'
import { english, localeOf, type Locale } from '../messages/locale.js'
import type { Context } from '../sandbox/sandbox.js'

export interface PageContext extends Context {
  locale: Locale
  /** Whether the checkout session sets the language, so that the visitor can't choose another one. */
  isForced: boolean
}

export type { Shown } from '../messages/texts.js'

/** The parameter and the form field with the visitor's choice. */
export const LANGUAGE = 'language'
const COOKIE = 'dodo_emulator_language'
const COOKIE_SECONDS = 365 * 24 * 60 * 60

type Request = Pick<FastifyRequest, 'query' | 'headers'>

export function localeOfRequest ({ query, headers }: Request): Locale {
  const choice = languageFor(chosenLanguage(query)) ?? languageFor(cookieOf(headers.cookie)) ??
    languageOfHeader(headers['accept-language'] ?? '')
  return choice === null ? english() : localeOf(choice)
}

/** The context in the language of a checkout session, if the pages have it. */
export function inLanguage<T extends PageContext> (context: T, forced: string | null | undefined): T {
  const choice = languageFor(forced ?? '')
  return choice === null ? context : { ...context, locale: localeOf(choice), isForced: true }
}

/** The language in a query or a form; empty without one. */
export function chosenLanguage (given: unknown): string {
  const value = typeof given === 'object' && given !== null && Object.hasOwn(given, LANGUAGE)
    ? (given as Record<string, unknown>)[LANGUAGE]
    : undefined
  return typeof value === 'string' ? value : ''
}

export function keepLanguage (reply: FastifyReply, { language }: LanguageChoice): void {
  reply.header('set-cookie', `${COOKIE}=${language}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax`)
}

function cookieOf (header = ''): string {
  const found = header.split(';').map(part => part.trim()).find(part => part.startsWith(`${COOKIE}=`))
  return found?.slice(COOKIE.length + 1) ?? ''
}
