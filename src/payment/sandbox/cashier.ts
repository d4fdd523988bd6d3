import { yuanOfFen } from '../channels/money.ts';
import type { Answer } from './server.ts';
import type { SandboxOrder } from './book.ts';

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const style = `
body{margin:0;font:18px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;background:#f4f5f7;color:#1d2430}
main{max-width:26rem;margin:0 auto;padding:1.5rem 1rem}
.notice{background:#fff4d6;border:1px solid #8a6100;border-radius:8px;padding:.6rem .9rem;font-weight:600}
.card{background:#fff;border-radius:12px;padding:1.2rem;margin-top:1rem}
.amount{font-size:2.2rem;font-weight:700;margin:.2rem 0 1rem}
button{width:100%;min-height:3.2rem;font:inherit;font-weight:700;color:#fff;background:#0b5cad;border:0;border-radius:10px}
button:focus-visible{outline:3px solid #f2a900;outline-offset:2px}
`;

/** The page behind a code or a redirect: our own, never dressed up as a real channel's. */
export function cashierPage(
  order: SandboxOrder | undefined,
  about: { channel: string; now: number },
): Answer {
  const body = order
    ? cardOf(order, about.now)
    : '<p>没有找到这笔订单。请回到预约页面，重新打开付款码。</p>';
  const page = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>沙箱收银台</title><style>${style}</style></head>
<body><main><h1>沙箱收银台</h1>
<p class="notice">沙箱收银台：仅供演示，不会扣款</p>
<p>模拟渠道：${about.channel}</p>
<div class="card">${body}</div></main></body></html>`;
  return {
    status: order ? 200 : 404,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    },
    body: page,
  };
}

function cardOf(order: SandboxOrder, now: number): string {
  const head = `<p>${escape(order.description)}</p><p class="amount">¥${yuanOfFen(order.amount_fen)}</p>`;
  if (order.state === 'paid')
    return `${head}<p role="status">已支付（演示）。可以关闭本页，回到预约页面查看结果。</p>${backTo(order)}`;
  if (order.state === 'closed' || now >= order.expires_at)
    return `${head}<p role="status">这笔订单已关闭，不能再支付。请回到预约页面查看。</p>${backTo(order)}`;
  return `${head}<form method="post" action="/cashier?pr=${order.token}">
<button type="submit">支付 ¥${yuanOfFen(order.amount_fen)}（演示）</button></form>`;
}

function backTo({ return_url }: SandboxOrder): string {
  return return_url === null ? '' : `<p><a href="${escape(return_url)}">返回预约页面</a></p>`;
}

/** After the form was sent the page is fetched anew, so that reloading it pays nothing twice. */
export function backToCashier(token: string): Answer {
  return { status: 303, headers: { location: `/cashier?pr=${token}` }, body: '' };
}
