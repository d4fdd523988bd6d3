import { signAliyun } from '../channels/sms-aliyun.ts';
import { signSms } from '../channels/sms-http.ts';

export type TakenSms = { key: string; to: string; channel: string; sign: string; template: string | null; params: Record<string, string> }; // prettier-ignore

type Options = { key: string; secret: string; now(): Date };

/** Requests older than this are replays. */
const clock_seconds = 300;

/** Failures that are waiting: `lost` takes the message and never answers, `down` takes nothing. */
export type Fault = 'lost' | 'down' | { refuse: string };

/**
 * A gateway of the contract in docs/sms.md: it checks signature and time, and a key it has seen is
 * taken once. `fetch` stands in for the network.
 */
export function createSmsSandbox(options: Options) {
  const taken = new Map<string, TakenSms>();
  const faults: Fault[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const body = await request.text();
    const timestamp = request.headers.get('x-sms-timestamp') ?? '';
    const age = Math.abs(options.now().getTime() / 1000 - Number(timestamp));
    const genuine =
      request.headers.get('x-sms-key') === options.key &&
      request.headers.get('x-sms-signature') === signSms(options.secret, timestamp, body);
    if (!genuine || !(age <= clock_seconds))
      return Response.json({ reason: 'signature' }, { status: 401 });
    const fault = faults.shift();
    if (fault === 'down') return new Response('', { status: 503 });
    if (typeof fault === 'object') return Response.json({ reason: fault.refuse }, { status: 422 });
    const message = JSON.parse(body) as TakenSms;
    if (!/^1[3-9]\d{9}$/.test(message.to))
      return Response.json({ reason: 'number_unknown' }, { status: 422 });
    if (!taken.has(message.key)) taken.set(message.key, message);
    if (fault === 'lost') throw new Error('the connection was cut');
    return new Response(null, { status: 204 });
  };
  return { taken, faults, fetch: standIn(answer) };
}

/** 阿里云短信 as far as we speak it: the signature is checked, templates must be known, OutId is kept. */
export function createAliyunSandbox(
  options: Options & { sign: string; templates: readonly string[] },
) {
  const sent: Record<string, string>[] = [];
  const faults: Fault[] = [];
  const nonces = new Set<string>();
  const code = (Code: string, more: object = {}): Response => Response.json({ Code, ...more });
  const answer = async (request: Request): Promise<Response> => {
    const { Signature, ...all } = Object.fromEntries(new URLSearchParams(await request.text()));
    const nonce = all['SignatureNonce'] ?? '';
    const age = Math.abs(options.now().getTime() - Date.parse(all['Timestamp'] ?? ''));
    if (Signature !== signAliyun(options.secret, 'POST', all) || all['AccessKeyId'] !== options.key)
      return code('SignatureDoesNotMatch');
    if (nonces.has(nonce)) return code('SignatureNonceUsed');
    nonces.add(nonce);
    if (!(age <= clock_seconds * 1000)) return code('InvalidTimeStamp.Expired');
    if (all['Action'] === 'QuerySendDetails')
      return code('OK', {
        SmsSendDetailDTOs: {
          SmsSendDetailDTO: sent.filter(({ PhoneNumbers }) => PhoneNumbers === all['PhoneNumber']),
        },
      });
    const fault = faults.shift();
    if (fault === 'down') return code('isp.SYSTEM_ERROR');
    if (typeof fault === 'object') return code(fault.refuse);
    if (all['SignName'] !== options.sign) return code('isv.SMS_SIGNATURE_ILLEGAL');
    if (!options.templates.includes(all['TemplateCode'] ?? ''))
      return code('isv.SMS_TEMPLATE_ILLEGAL');
    sent.push(all);
    if (fault === 'lost') throw new Error('the connection was cut');
    return code('OK', { BizId: '1' });
  };
  return { sent, faults, fetch: standIn(answer) };
}

function standIn(answer: (request: Request) => Promise<Response>): typeof fetch {
  return (input: RequestInfo | URL, init?: RequestInit) => answer(new Request(input, init));
}
