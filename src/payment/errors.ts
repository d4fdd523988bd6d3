import { problem } from '../platform/problem.ts';

export const channelUnavailable = problem(
  'payment/channel-unavailable',
  503,
  '支付渠道暂时没有回应，您没有被重复扣款；请稍后再试，或到窗口交费。',
  'The payment channel does not answer; nothing was taken twice.',
);
export const channelRefused = problem(
  'payment/channel-refused',
  502,
  '支付渠道没有受理，没有收您的钱；请换一种方式，或到窗口交费。',
  'The payment channel refused; nothing was taken.',
);
export const channelUnknown = problem(
  'payment/channel-unknown',
  422,
  '这里不能用这种方式支付，请换一种方式，或到窗口交费。',
  'This way of paying is not offered here.',
);
export const callbackRefused = problem(
  'payment/callback-refused',
  401,
  '这条支付通知没有通过验证，已拒绝。',
  'The callback is not signed by the channel, or too old.',
);
export const orderUnknown = problem(
  'payment/order-unknown',
  404,
  '没有找到这笔费用，请从“我的号”重新打开。',
  'No such order, or it is not yours.',
);
export const nothingDue = problem(
  'payment/nothing-due',
  409,
  '这笔费用现在不需要再付钱，请刷新查看。',
  'Nothing is due on this order.',
);
export const tooLate = problem(
  'payment/too-late',
  409,
  '支付时间已过，没有收您的钱；请重新预约。',
  'The time to pay is over.',
);
export const refundUnderWay = problem(
  'payment/refund-under-way',
  409,
  '有一笔退款正在办理，请等退款完成后再办。',
  'A refund of this order is under way.',
);
export const paymentUnderWay = problem(
  'payment/payment-under-way',
  409,
  '有一笔支付正在进行，请稍候片刻再办。',
  'A payment of this order is under way.',
);
export const noCashRefund = problem(
  'payment/no-cash-refund',
  409,
  '这笔费用没有要退的现金；网上付的钱会按原路自动退回。',
  'No cash is due back: online payments go back by the way they came.',
);
export const receiptUsed = problem(
  'payment/receipt-used',
  409,
  '这个票据号已经用过，请核对票据后重新填写。',
  'This receipt number is already recorded.',
);
export const forfeitNeedsDocument = problem(
  'payment/forfeit-needs-document',
  422,
  '扣款规则必须有当地价格文件的文号，并上传文件扫描件；没有文件时，未就诊的费用一律全额退还。',
  'A rule that keeps money needs the number and the scan of the local price document.',
);
export const ruleDates = problem(
  'payment/rule-dates',
  409,
  '这家医院在这段时间已有价格规则，请先结束原来的规则，或换一个生效日期。',
  'A price rule is already in force in these days.',
);
export const scanInvalid = problem(
  'payment/scan-invalid',
  422,
  '扫描件请用 PDF、PNG 或 JPEG 文件，不超过 10 MB。',
  'The scan must be a PDF, PNG or JPEG of at most 10 MB.',
);
export const billInPayment = problem(
  'payment/bill-in-payment',
  409,
  '这张账单正在支付或已支付，不能再改；请撤回后重新开单。',
  'The bill is being paid or paid: it cannot change.',
);
export const billUnknown = problem(
  'payment/bill-unknown',
  404,
  '没有找到这张账单，请刷新后再看。',
  'No such bill, or it is not yours.',
);
export const itemUnknown = problem(
  'payment/item-unknown',
  404,
  '没有找到这条对账记录，或它已经处理完。',
  'No such open item of a reconciliation.',
);
export const scanUnknown = problem(
  'payment/scan-unknown',
  404,
  '没有找到这份扫描件，请重新上传。',
  'No such scan.',
);
export const shiftNeedsNote = problem(
  'payment/shift-needs-note',
  409,
  '清点的现金与账上不一致，请再数一遍；确实不一致，请写明原因后交班。',
  'The drawer and the books differ; count again or say why.',
);
export const eraseMoneyFirst = problem(
  'payment/erase-money-first',
  409,
  '还有一笔付款或退款正在办理，到账后再申请删除信息，钱不会丢。',
  'A payment or refund is on its way; ask again when it has arrived.',
);
