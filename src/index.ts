/** The package's API for tests: starts an emulator in the test's process, or connects to a running one. */
export { connect, start } from './start.js'
export type { ConnectOptions, Emulator, RemoteEmulator, SandboxControls } from './start.js'
export { EmulatorError } from './client/controls.js'
export { SetupError } from './errors.js'
export type {
  AnyEvent, Balance, BusinessSettings, CallPattern, Checkout, CheckoutDetails, Clock, ClockMoved, Controls, DeclinedCharges,
  Delivery, DeliveryFault, Dispute, DisputeOutcome, DueJob, DueList, Duration, Event, EventData, EventType, Fault, Idle,
  LedgerEntry, Loaded, LoggedRequest, Pay, PayCheckout, Payment, PaymentExplanation, Payout, PayoutOutcome, Refund,
  SandboxInfo, SnapshotInfo, Subscription, SubscriptionEvent, Verified
} from './client/controls.js'
export type { CheckoutFilter, DeliveryFilter, EventFilter, RequestFilter, Wanted, Waiting } from './client/events.js'
export type { Email, EmailFilter } from './client/emails.js'
export type { Grant, GrantFilter, LicenseKey, LicenseKeyFilter } from './client/grants.js'
export type { Connection } from './client/connection.js'
export type { FixturesFile } from './fixtures/document.js'
export type { StartOptions } from './client/start-options.js'
