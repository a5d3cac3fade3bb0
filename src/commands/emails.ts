/** The command `emails`: lists the e-mails of the mailbox, and prints one. */
import { Option, type Command } from 'commander'
import type { components } from '../contract/control-types.gen.js'
import { nonEmpty } from '../config/values.js'
import { EMAIL_TYPES } from '../rules/email-types.js'
import { argument, identifier, limitOption, oneOf, option } from './arguments.js'
import { ask, askJson, printLatest, type Latest } from './ask.js'
import type { TargetFlags } from './target.js'
import type { Tools } from './tools.js'

type Email = components['schemas']['Email']

interface ShowFlags extends TargetFlags {
  html?: boolean
  source?: boolean
}

interface EmailsFlags extends TargetFlags, Latest {
  to?: string
  type?: string
  search?: string
}

const PATH = '/_emulator/emails'

export function addEmails (_program: Command, { client, group, byDefault, targetOf, show, output }: Tools): void {
  const emails = group('emails', 'e-mails that the real service would have sent')

  byDefault(client(emails, 'list', 'list the latest e-mails')
    .addOption(option('--to <address>', 'only to this address', nonEmpty))
    .addOption(option('--type <type>', 'only of this type, such as license_key or payment_receipt', oneOf(...EMAIL_TYPES)))
    .addOption(option('--search <text>', 'only with this text in the subject, the address or the text', nonEmpty))
    .addOption(limitOption())
    .action(({ to, type, search, limit, ...flags }: EmailsFlags) => {
      const filter = { filters: { to, type, search }, names: { to: '--to', type: '--type', search: '--search' } }
      return printLatest(targetOf(flags), PATH, filter, { limit, show }, emailLine)
    }))

  client(emails, 'show', 'print an e-mail as text')
    .addArgument(argument('<email_id>', 'the e-mail', identifier))
    .option('--html', 'print its HTML')
    .addOption(new Option('--source', 'print the message with its headers, for an .eml file').conflicts('html'))
    .action(async (id: string, { html = false, source = false, ...flags }: ShowFlags) => {
      const path = `${PATH}/${encodeURIComponent(id)}`
      if (source) {
        const message = await ask(targetOf(flags), `${path}/source`)
        if (output.json) show({ source: message }, () => '')
        else process.stdout.write(message)
        return
      }
      const email = await askJson<Email>(targetOf(flags), path)
      show(email, ({ from, to, subject, text }) =>
        html ? email.html : `From: ${from}\nTo: ${to}\nSubject: ${subject}\n\n${text}`)
    })
}

/** `eml_…  license_key  ada@example.com  Your licence key for Editor` */
function emailLine ({ email_id: id, type, to, subject }: Email): string {
  return [id, type, to, subject].join('  ')
}
