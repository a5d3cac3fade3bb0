/** Handles the language buttons of a form. */
import type { FastifyReply } from 'fastify'
import { languageFor } from '../messages/languages.js'
import { chosenLanguage, keepLanguage } from './page-context.js'

/** Whether a form was submitted by the button of a language. Keeps that choice; the page shows the form again. */
export function chooseLanguage (body: unknown, reply: FastifyReply): boolean {
  const choice = languageFor(chosenLanguage(body))
  if (choice === null) return false
  keepLanguage(reply, choice)
  return true
}
