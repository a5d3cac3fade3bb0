/** The queues of a sandbox's endpoints. A queue exists from the first wake-up until its endpoint is deleted. */
import type { AttemptContext } from './attempt.js'
import { createEndpointQueue, type EndpointQueue } from './endpoint-queue.js'
import type { Faults } from './faults.js'

export interface EndpointQueues {
  /** Sends the deliveries that are due. */
  wake (): void
  /** The number of deliveries in the queues. If it is 0, the number of endpoints with due deliveries counts. */
  busy (): number
  close (): void
}

export function createEndpointQueues (context: AttemptContext, faults: Faults): EndpointQueues {
  const { sandbox: { clock, outbox, webhooks } } = context
  const queues = new Map<string, EndpointQueue>()

  function queueOf (webhookId: string): EndpointQueue {
    let queue = queues.get(webhookId)
    if (queue === undefined) {
      queue = createEndpointQueue(webhookId, context, faults)
      queues.set(webhookId, queue)
    }
    return queue
  }

  /** Removes the queues of deleted endpoints that have no delivery in progress. */
  function dropQueues (): void {
    for (const [id, queue] of queues) {
      if (webhooks.find(id) !== undefined || queue.busy() > 0) continue
      queue.close()
      queues.delete(id)
    }
  }

  return {
    wake () {
      for (const { webhook_id: id } of webhooks.all()) queueOf(id).wake()
      dropQueues()
    },
    busy () {
      const now = clock.now()
      let count = 0
      for (const queue of queues.values()) count += queue.busy()
      for (const { webhook_id: id, disabled } of webhooks.all()) {
        if (count === 0 && !disabled) count += outbox.due(id, now, 1).length
      }
      return count
    },
    close () {
      for (const queue of queues.values()) queue.close()
      queues.clear()
    }
  }
}
