/** The commands that call a running emulator. */
import type { Command } from 'commander'
import { addCheckouts } from './checkouts.js'
import { addDeliveries } from './deliveries.js'
import { addDoctor } from './doctor.js'
import { addEmails } from './emails.js'
import { addFaults } from './faults.js'
import { addGrants, addLicenseKeys } from './grants.js'
import { addHealth, addOutcomes } from './outcomes.js'
import { addRequests } from './requests.js'
import { addSandboxes } from './sandboxes.js'
import { addLoad } from './load.js'
import { addBalances, addDisputes, addPayouts } from './money.js'
import { addTime } from './time.js'
import { addSettings, addSubscriptions } from './subscriptions.js'
import { addUsage } from './usage.js'
import type { Tools } from './tools.js'
import { addVerify } from './verify.js'
import { addWait } from './wait.js'
import { addWebhooks } from './webhooks.js'

/** In the order of the help. */
export function addRemoteCommands (program: Command, tools: Tools): void {
  addHealth(program, tools)
  addWait(program, tools)
  addDoctor(program, tools)
  addOutcomes(program, tools)
  addCheckouts(program, tools)
  addSubscriptions(program, tools)
  addUsage(program, tools)
  addDisputes(program, tools)
  addGrants(program, tools)
  addLicenseKeys(program, tools)
  addEmails(program, tools)
  addBalances(program, tools)
  addPayouts(program, tools)
  addSettings(program, tools)
  addTime(program, tools)
  addWebhooks(program, tools)
  addDeliveries(program, tools)
  addFaults(program, tools)
  addRequests(program, tools)
  addVerify(program, tools)
  addLoad(program, tools)
  addSandboxes(program, tools)
}
