/** The payments section of the dashboard: the list, payment pages, the form, and parts of the overview and of other pages. */
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import { listPages } from './list.js'
import { newPayment } from './new.js'
import { overview } from './overview.js'
import { paymentPages } from './payment.js'
import { relatedPayments } from './table.js'

export const paymentsSection: DashboardSection = {
  name: 'payments',
  title: 'Payments',
  icon: 'M3.5 7h17v10h-17zM3.5 10.5h17M7 14h3',
  position: 10,
  pages: { ...listPages, '/new': newPayment, ...paymentPages },
  overview,
  related: relatedPayments
}
