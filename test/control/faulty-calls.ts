/** Calls to an emulator with injected faults. */
import DodoPayments from 'dodopayments'
import type { Test } from 'tap'
import type { OptionName } from '../../src/config/config.js'
import type { components } from '../../src/contract/control-types.gen.js'
import { until } from '../delivery/helper.js'
import { paymentBody, startEmulator } from '../helper.js'
import { connect, JSON_TYPE } from '../processes.js'

export type AddFault = components['schemas']['AddFault']
export type FaultList = components['schemas']['FaultList']

export const FAULTS = '/_emulator/faults'

/** A listening emulator, with helpers to call it and to add faults. */
export async function listening (test: Test, options: Partial<Record<OptionName, string>> = {}) {
  const started = startEmulator(test, options)
  const { url } = await started.emulator.listen()
  const connections = connect(test, url, 10)
  return {
    ...started,
    ...connections,
    url,
    payments: () => started.stored()['payments'],
    client: (maxRetries = 0) => new DodoPayments({ bearerToken: 'test', baseURL: url, maxRetries }),
    async fail (body: AddFault): Promise<FaultList['items']> {
      const { status, json, text } = await started.call('POST', FAULTS, { body })
      test.equal(status, 200, text)
      return (json as FaultList).items
    },
    rules: async () => (await started.get<FaultList>(FAULTS)).items,
    /** Resolves once every rule has been applied. The calls are then in progress. */
    used: () => until(() => started.emulator.sandbox.faults.isEmpty)
  }
}

export const fault = (text: string) => ({ ...JSON_TYPE, 'x-emulator-fault': text })
export const BODY = JSON.stringify(paymentBody())
