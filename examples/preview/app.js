import DodoPayments from 'dodopayments'
import express from 'express'
import { createShop } from './shop.js'

/** In a preview deployment, the application has its own payments at /dodo. `origin` is the URL at which it is reached. */
export async function createApp (origin, { isPreview }) {
  const app = express()
  if (!isPreview) return { app: app.use(createShop(new DodoPayments())), dodo: null }
  const { createHandler } = await import('dodo-emulator/handler') // a production deployment does not load it
  const dodo = createHandler({ path: '/dodo', publicUrl: `${origin}/dodo`, webhookUrl: `${origin}/webhook` })
  const client = new DodoPayments({ bearerToken: dodo.apiKey, baseURL: `${origin}/dodo`, webhookKey: dodo.webhookSecret })
  app.use('/dodo', dodo.node)
  app.use(createShop(client))
  return { app, dodo }
}
