/** An e-mail of the mailbox as an Internet message (RFC 5322): for the server of `--smtp-url`, and as a file. */
import type { Message } from 'nodemailer'
import type { Stored } from '../resources/stores.js'

export type Email = Stored<'emails'>

/** An address of a domain that cannot exist, so that replies and bounces reach no one. */
const SENDER_ADDRESS = 'no-reply@dodo-emulator.invalid'

export function messageOf (email: Email): Message {
  return {
    from: { name: email.sender, address: SENDER_ADDRESS },
    to: { name: '', address: email.recipient },
    envelope: { from: SENDER_ADDRESS, to: [email.recipient] },
    messageId: `<${email.email_id}@dodo-emulator.invalid>`,
    date: new Date(email.created_at / 1000),
    subject: email.subject,
    text: email.text,
    html: email.html,
    baseBoundary: email.email_id,
    disableFileAccess: true,
    disableUrlAccess: true
  }
}

/** The bytes of an `.eml` file: the headers, the text and the HTML, encoded as they are sent. Equal for equal e-mails. */
export async function sourceOf (email: Email): Promise<Uint8Array> {
  const { createTransport } = await import('nodemailer')
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  const { message } = await composer.sendMail(messageOf(email))
  if (!(message instanceof Uint8Array)) throw new Error(`the message of ${email.email_id} is not a buffer`)
  return message
}
