/** Resources and prompts of the MCP server. */
import { contract } from '../contract/load.js'
import { PAYLOAD_TYPES } from '../delivery/catalogue.js'
import { packageJson } from '../root.js'
import { errorCodes } from './tools/contract.js'

interface Resource {
  name: string
  description: string
  read (): unknown
}

export const RESOURCES: Readonly<Record<string, Resource>> = {
  'emulator://openapi': {
    name: 'openapi',
    description: 'The OpenAPI document of the emulated API. It is large: describe_operation returns a part of it.',
    read: () => contract().document
  },
  'emulator://errors': {
    name: 'errors', description: 'All error codes, with their meaning and how to provoke them.', read: errorCodes
  },
  'emulator://test-cards': {
    name: 'test-cards',
    description: 'The test cards and how their payments end.',
    read: () => packageJson('fixtures', 'reference', 'test-cards.json')
  },
  'emulator://webhook-events': {
    name: 'webhook-events',
    description: 'All types of webhook events, and the payload_type of their data.',
    read: () => Object.entries(PAYLOAD_TYPES).map(([type, payload]) => ({ type, payload_type: payload }))
  }
}

interface Prompt {
  title: string
  description: string
  text: string
}

export const PROMPTS: Readonly<Record<string, Prompt>> = {
  integrate_checkout: {
    title: 'Integrate the checkout',
    description: 'Adds a checkout to a program and checks it against the emulator.',
    text: 'Add a Dodo Payments checkout to this program. Find the operation with search_operations and read it with ' +
      'describe_operation. Read the base URL and the API key from DODO_PAYMENTS_BASE_URL and DODO_PAYMENTS_API_KEY, and set no ' +
      'environment in the client. Create a session, complete it with pay, once with a card that succeeds and once with ' +
      'one that fails, and check the program after each. Read list_requests for refused calls at the end.'
  },
  test_webhooks: {
    title: 'Test webhooks',
    description: 'Checks how a program handles webhooks.',
    text: 'Check how this program handles webhooks of Dodo Payments. Register its URL with POST /webhooks through call_api, ' +
      'and give it the secret of the endpoint. Make payments succeed and fail with pay, then call wait_for_idle and get_event ' +
      'to see what the program answered. Deliver an event twice with replay_event: the second delivery must have no effect.'
  },
  debug_last_failure: {
    title: 'Debug the last failure',
    description: 'Finds out why the last call of a program failed.',
    text: 'Find out why the last call of this program to Dodo Payments failed. Read list_requests with the status 4xx, then ' +
      '5xx, and explain the newest of these calls. Compare what was sent with describe_operation, change the program, and ' +
      'run it again.'
  }
}

export const INSTRUCTIONS =
  'This is a local emulator of the Dodo Payments API for development and tests. No money moves, and no card is charged. ' +
  'Start with search_operations, then use describe_operation and call_api; pay acts as the customer.'
