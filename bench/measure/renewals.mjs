// Renewals: how long a move of the clock over 400 days takes with 1, 100 and 1,000 monthly subscriptions in a file database, and
// how long `POST /payments` takes meanwhile.
import { createPayment, payment } from '../payment.mjs'
import { startServer } from '../server.mjs'
import { ask, many } from '../shop.mjs'

const START = '2026-01-31T09:00:00Z'
const MOVE = { advance_ms: 400 * 86_400_000 }
const RENEWALS_EACH = 13
const PROBES = 300

// Resolves to samples: {round, subscriptions, renewals, seconds, perSecond, payments, p99Us, p99Ratio, longestUs}. The ratio compares
// with payments directly before the move.
export async function measureRenewals ({ contestants, options, guard, progress, problems }) {
  const ours = contestants.find(({ key }) => key === 'ours')
  const samples = []
  if (ours === undefined) return samples
  const frozen = { ...ours, args: (place) => [...ours.args(place), '--clock', START, '--clock-frozen', 'on'] }
  for (let round = 1; round <= options.rounds; round++) {
    for (const subscriptions of options.quick ? [1, 100] : [1, 100, 1000]) {
      progress(`renewals, round ${round} of ${options.rounds}: ${subscriptions} subscriptions`)
      await guard(frozen, () => startServer(frozen), async (server) => {
        await many(subscriptions, 16, () => subscribe(server))
        samples.push({ round, subscriptions, ...await moved(server, subscriptions, problems) })
      })
    }
  }
  return samples
}

async function subscribe (server) {
  const { payment_id: id } = await ask(server, 'POST', '/subscriptions', {
    product_id: 'pdt_pro_monthly', quantity: 1, customer: payment.customer, billing: payment.billing
  })
  await ask(server, 'POST', `/_emulator/payments/${id}/pay`, { card: '4242424242424242' })
}

async function moved (server, subscriptions, problems) {
  const before = await pay(server, (times) => times.length < PROBES)
  const renewals = subscriptions * RENEWALS_EACH
  let isMoving = true
  const begin = performance.now()
  const move = ask(server, 'POST', '/_emulator/clock', MOVE).finally(() => { isMoving = false })
  const [{ done }, times] = await Promise.all([move, pay(server, () => isMoving)])
  const seconds = (performance.now() - begin) / 1e3
  if (done.kinds['subscription.renew'] !== renewals) {
    problems.push(`renewals: ${done.kinds['subscription.renew']} of ${renewals} happened`)
  }
  const p99Us = percentile(times, 0.99)
  return {
    renewals,
    seconds,
    perSecond: renewals / seconds,
    payments: times.length,
    p99Us,
    p99Ratio: p99Us / percentile(before, 0.99),
    longestUs: times.at(-1)
  }
}

// Creates payments one after another. Resolves to their times in microseconds, sorted.
async function pay (server, goesOn) {
  const times = []
  while (goesOn(times)) {
    const begin = performance.now()
    await ask(server, createPayment.method, createPayment.path, payment)
    times.push((performance.now() - begin) * 1e3)
  }
  return times.sort((one, other) => one - other)
}

function percentile (sorted, part) {
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)]
}
