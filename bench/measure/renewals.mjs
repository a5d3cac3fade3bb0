// Renewals: how long a move of the clock over 400 days takes with 1, 100 and 1,000 monthly subscriptions in a file database, and
// how long `POST /payments` takes during another such move.
import { createPayment, payment } from '../payment.mjs'
import { cpuTimeUs } from '../processes.mjs'
import { startServer } from '../server.mjs'
import { ask, many } from '../shop.mjs'

const START = '2026-01-31T09:00:00Z'
const MOVE = { advance_ms: 400 * 86_400_000 }
const RENEWALS_EACH = 13
const PROBES = 1000
// The p99 of fewer payments is the longest of them.
const PROBES_LEAST = 100

// Resolves to samples: {round, subscriptions, renewals, seconds, perSecond, cpuUs, sharedSeconds, payments, p99Us, p99Ratio,
// longestUs}.
// `seconds` is a move without other requests, `cpuUs` its processor time for a renewal. The rest is about a second move, during
// which payments are created. The ratio compares with payments directly before it; undefined with too few payments.
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
  const renewals = subscriptions * RENEWALS_EACH
  const cpuBeforeUs = cpuTimeUs(server.pid)
  const seconds = await move(server, renewals, problems)
  const cpuUs = cpuBeforeUs === undefined ? undefined : (cpuTimeUs(server.pid) - cpuBeforeUs) / renewals

  const before = await pay(server, (times) => times.length < PROBES)
  let isMoving = true
  const second = move(server, renewals, problems).finally(() => { isMoving = false })
  const [sharedSeconds, times] = await Promise.all([second, pay(server, () => isMoving)])
  const p99Us = times.length < PROBES_LEAST ? undefined : percentile(times, 0.99)
  return {
    renewals,
    seconds,
    perSecond: renewals / seconds,
    cpuUs,
    sharedSeconds,
    payments: times.length,
    p99Us,
    p99Ratio: p99Us && p99Us / percentile(before, 0.99),
    longestUs: times.at(-1)
  }
}

// Moves the clock, and resolves to the seconds that it took.
async function move (server, renewals, problems) {
  const begin = performance.now()
  const { done } = await ask(server, 'POST', '/_emulator/clock', MOVE)
  const seconds = (performance.now() - begin) / 1e3
  if (done.kinds['subscription.renew'] !== renewals) {
    problems.push(`renewals: ${done.kinds['subscription.renew']} of ${renewals} happened`)
  }
  return seconds
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
