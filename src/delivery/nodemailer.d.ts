/** The part of nodemailer that the emulator uses, so that our declarations do not depend on its own. */
declare module 'nodemailer' {
  interface Address {
    name: string
    address: string
  }

  interface Message {
    from: Address
    to: Address
    envelope: { from: string, to: readonly string[] }
    messageId: string
    date: Date
    subject: string
    text: string
    html: string
    /** A part of the boundaries between the text and the HTML. */
    baseBoundary: string
    disableFileAccess: true
    disableUrlAccess: true
  }

  interface Transport {
    sendMail (message: Message): Promise<{ message?: unknown }>
    close (): void
  }

  export function createTransport (options: object): Transport
}
