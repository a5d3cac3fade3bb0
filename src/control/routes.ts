/** /_emulator: what the emulator says of itself. None of it is part of the emulated API, and none of it asks for a key. */
import type { FastifyInstance } from 'fastify'
import { contract } from '../contract/load.js'
import { sendJson } from '../http/replies.js'
import { VERSION } from '../root.js'

export interface Health {
  status: 'ok'
  version: string
  /** The version of the Dodo Payments contract that is emulated. */
  contract_version: string
  node_version: string
  uptime_ms: number
}

export function addControlRoutes (app: FastifyInstance): void {
  app.get('/_emulator/health', (_request, reply) => {
    const health: Health = {
      status: 'ok',
      version: VERSION,
      contract_version: contract().document.info.version,
      node_version: process.versions.node,
      uptime_ms: Math.round(process.uptime() * 1000)
    }
    sendJson(reply, 200, health)
  })
}
