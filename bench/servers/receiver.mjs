// A webhook endpoint that only counts. Each first segment of a path is a separate inbox, so that two senders can be counted in
// parallel.
//   node receiver.mjs PORT
//   POST /INBOX                              a webhook: 200, or no reply while the inbox is holding
//   POST /INBOX/start?expect=N&hold=1        resets the inbox, and counts N different webhook-ids
//   POST /INBOX/release                      answers all held requests, and starts counting
//   GET  /INBOX/count                        {expected, unique, answered, held, seconds?}
import { createServer } from 'node:http'

const inboxes = new Map()

function inboxOf (name) {
  let inbox = inboxes.get(name)
  if (inbox === undefined) inboxes.set(name, inbox = emptyInbox(Infinity, false))
  return inbox
}

function emptyInbox (expected, isHolding) {
  return {
    expected, isHolding, ids: new Set(), answered: 0, held: [], startedAt: performance.now(), completedAt: undefined
  }
}

function answer (inbox, id, response) {
  inbox.ids.add(id)
  inbox.answered++
  if (inbox.ids.size === inbox.expected) inbox.completedAt ??= performance.now()
  response.end()
}

const actions = {
  start (name, query) {
    for (const [, response] of inboxOf(name).held) response.destroy()
    inboxes.set(name, emptyInbox(Number(query.get('expect')), query.get('hold') === '1'))
  },
  release (name) {
    const inbox = inboxOf(name)
    inbox.isHolding = false
    inbox.startedAt = performance.now()
    for (const [id, response] of inbox.held.splice(0)) answer(inbox, id, response)
  },
  count () {}
}

function count ({ expected, ids, answered, held, startedAt, completedAt }) {
  const seconds = completedAt === undefined ? undefined : (completedAt - startedAt) / 1e3
  return JSON.stringify({ expected, unique: ids.size, answered, held: held.length, seconds })
}

createServer((request, response) => {
  request.resume().on('end', () => {
    const { pathname, searchParams } = new URL(request.url, 'http://receiver')
    const [, name, action] = pathname.split('/')
    if (action !== undefined) {
      actions[action](name, searchParams)
      return response.end(count(inboxOf(name)))
    }
    const inbox = inboxOf(name)
    const id = request.headers['webhook-id']
    if (inbox.isHolding) inbox.held.push([id, response])
    else answer(inbox, id, response)
  })
}).listen(Number(process.argv[2]), '127.0.0.1')
