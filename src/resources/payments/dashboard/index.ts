/** The payments section of the dashboard: the list, payment pages, the form, and parts of the overview and of other pages. */
import type { DashboardSection } from '../../../pages/dashboard/section.js'
import { money } from '../../../pages/fragments.js'
import { searchPayments } from '../search.js'
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
  objects: [{
    kind: 'Payments',
    prefix: 'pay',
    find: () => null, // the search finds ids, too
    search: (text, limit, { context }) => searchPayments(text, {}, limit, 0, context).map(payment => ({
      id: payment.payment_id,
      text: `${money(payment.total_amount, payment.currency, context.sandbox)} from ${payment.customer.name}`
    }))
  }],
  overview,
  related: relatedPayments
}
