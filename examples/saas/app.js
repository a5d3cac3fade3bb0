// A service that teams subscribe to, by seat. It contains no code for the emulator. Teams are kept in memory.
import { Webhooks } from '@dodopayments/express'
import express from 'express'

export function createApp ({ client, webhookKey, plans, baseUrl }) {
  const teams = new Map()
  const planOf = productId => Object.keys(plans).find(plan => plans[plan] === productId)
  const app = express()
  app.use(express.json())

  app.post('/teams', async (request, response) => {
    const { name, email } = request.body
    const customer = await client.customers.create({ name, email })
    const team = {
      id: `team_${teams.size + 1}`,
      customer: customer.customer_id,
      subscription: null,
      plan: null,
      seats: 0,
      status: 'free',
      paid_until: null,
      payments: {},
      changed_at: 0
    }
    teams.set(team.id, team)
    response.status(201).json(team)
  })

  app.use('/teams/:id', (request, response, next) => {
    request.team = teams.get(request.params.id)
    if (request.team === undefined) return response.status(404).json({ error: 'no such team' })
    next()
  })

  app.get('/teams/:id', ({ team }, response) => { response.json(team) })

  app.post('/teams/:id/subscribe', async ({ team, body: { plan, seats } }, response) => {
    const session = await client.checkoutSessions.create({
      product_cart: [{ product_id: plans[plan], quantity: seats }],
      customer: { customer_id: team.customer },
      billing_address: { country: 'US', zipcode: '94103' },
      minimal_address: true,
      metadata: { team: team.id },
      return_url: `${baseUrl}/teams/${team.id}`
    })
    response.status(201).json({ session: session.session_id, pay_at: session.checkout_url })
  })

  /** More or fewer seats, or another plan. The difference is charged now. */
  app.patch('/teams/:id', async ({ team, body: { plan = team.plan, seats = team.seats } }, response) => {
    await client.subscriptions.changePlan(team.subscription, {
      product_id: plans[plan], quantity: seats, proration_billing_mode: 'prorated_immediately', on_payment_failure: 'prevent_change'
    })
    response.status(202).json(team)
  })

  /** The page where the customer enters another payment method. It also pays what is due. */
  app.post('/teams/:id/payment-method', async ({ team }, response) => {
    const { payment_id: payment, payment_link: link } = await client.subscriptions.updatePaymentMethod(team.subscription, {
      payment_method: { type: 'new', return_url: `${baseUrl}/teams/${team.id}` }
    })
    response.status(201).json({ payment, pay_at: link })
  })

  app.delete('/teams/:id/subscription', async ({ team }, response) => {
    await client.subscriptions.update(team.subscription, { cancel_at_next_billing_date: true })
    response.status(202).json(team)
  })

  /** Every payment counts once, even if its event arrives twice. */
  function paid ({ data }) {
    const team = teams.get(data.metadata.team)
    if (team !== undefined) team.payments[data.payment_id] = data.total_amount
  }

  /**
   * Takes over the state of a subscription. An event that is older than the last one is ignored, because events can arrive twice
   * and in any order. All events of one change have the same time and the same data.
   */
  function changed ({ timestamp, data }) {
    const team = teams.get(data.metadata.team)
    const at = new Date(timestamp).getTime()
    if (team === undefined || at < team.changed_at) return
    // A cancelled subscription that the team has replaced no longer matters.
    if (team.subscription !== null && team.subscription !== data.subscription_id && data.status !== 'active') return
    Object.assign(team, {
      subscription: data.subscription_id,
      plan: planOf(data.product_id),
      seats: data.quantity,
      status: data.status,
      paid_until: new Date(data.next_billing_date).toISOString(),
      changed_at: at
    })
  }

  app.post('/webhook', Webhooks({
    webhookKey,
    onPayload: async event => {
      if (event.type === 'payment.succeeded') paid(event)
      else if (event.type.startsWith('subscription.')) changed(event)
    }
  }))

  // Dodo Payments refuses mistakes of the customer or of this service: return its error.
  app.use((error, _request, response, next) => {
    if (!(error.status >= 400 && error.status < 500)) return next(error)
    response.status(422).json({ error: error.error?.message ?? error.message })
  })
  return app
}
