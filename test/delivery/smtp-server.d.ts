/** The part of smtp-server that the tests use. */
declare module 'smtp-server' {
  import type { Server } from 'node:net'
  import type { Readable } from 'node:stream'

  interface Session {
    envelope: { mailFrom: { address: string }, rcptTo: Array<{ address: string }> }
  }

  interface SMTPServerOptions {
    authOptional?: boolean
    disabledCommands?: string[]
    logger?: boolean
    onRcptTo?: (address: { address: string }, session: Session, callback: (error?: Error) => void) => void
    onData?: (stream: Readable, session: Session, callback: (error?: Error) => void) => void
  }

  export class SMTPServer {
    server: Server
    constructor (options: SMTPServerOptions)
    listen (port: number, host: string, callback: () => void): Server
    close (callback: () => void): void
    on (event: 'error', listener: (error: Error) => void): this
  }
}
