export { createChannels } from './channels/index.ts';
export { createPaymentSandbox, type PaymentSandbox } from './sandbox/index.ts';
export { closeVisitOrder, type ClosedForLapse } from './ask.ts';
export { listBills, receiveBill, withdrawBill } from './bills.ts';
export type { BillToReceive } from './bills.ts';
export { payCash, refundCash } from './cash.ts';
export { changeCategory, refitOrder } from './change-category.ts';
export { answerPaid, endVisitOrder, refusePaid, reseat } from './end-order.ts';
export { nothingDue } from './errors.ts';
export type { FeeCategory, Line, Order, Payment, PaymentContext } from './model.ts';
export { hisDaysDue, moneySince, type MoneyRecord } from './money-since.ts';
export { paymentPersonData } from './person-data.ts';
export { openOrder, quoteVisit } from './open-order.ts';
export type { VisitToPay } from './open-order.ts';
export { pay, refreshOrder } from './pay.ts';
export type { Paying } from './pay.ts';
export { createPayment } from './payment.ts';
export { quoteCancel } from './quote-cancel.ts';
export { readPayment } from './read.ts';
export type { PaymentView } from './read.ts';
export { reconcile, reconcileHis } from './reconcile.ts';
export type { CompareLine } from './rules.ts';
export { paymentRoutes } from './routes.ts';
export type { PaymentRoutesOptions } from './routes.ts';
export {
  CashRefundReply,
  CashRequest,
  CategoryRequest,
  PayingReply,
  PaymentReply,
  PayRequest,
} from './schema.ts';
export { payerIndexOf } from './store-attempt.ts';
export { findOrder, selectOpenOfVisits } from './store.ts';
export { paymentSubscriptions } from './subscribers.ts';
export { sweepMoney } from './sweep.ts';
export { tickPayment } from './tick.ts';
export type { ChannelName, OnlineChannelName, PaymentChannel, PayWay } from './types.ts';
