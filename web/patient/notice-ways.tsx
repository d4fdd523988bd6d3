import { useState, type ReactElement } from 'react';
import { api, newKey, post } from '../shared/api.ts';
import { useAction, useLoad, type Loaded } from '../shared/hooks.ts';
import { Button, Card, Field, ProblemNotice, Wait } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Template = 'result' | 'visit' | 'change' | 'queue' | 'money' | 'rule';
type Ways = {
  sms: boolean;
  wechat: {
    wanted: boolean;
    bound: boolean;
    app_id: string;
    templates: { template: Template; id: string; left: number }[];
  } | null;
  email: { wanted: boolean; address_masked: string | null; confirmed: boolean } | null;
};
type Way = 'sms' | 'wechat' | 'email';
type Props<T> = { of: T; reload: () => void };

const url = '/api/notices/preferences';

/** By which ways the account is told besides this page. */
export function NoticeWays(): ReactElement {
  const { t } = usePatientWords();
  const ways: Loaded<Ways> = useLoad('notice-ways', () => api<Ways>(url));
  const { reload } = ways;
  return (
    <Wait on={ways}>
      {({ sms, wechat, email }) => (
        <Card title={t('ways.title')}>
          <p>{t('ways.lead')}</p>
          <p className="small">{t('ways.sms-text')}</p>
          <Switch way="sms" on={sms} reload={reload} />
          {wechat && <WechatWay of={wechat} reload={reload} />}
          {email && <EmailWay of={email} reload={reload} />}
        </Card>
      )}
    </Wait>
  );
}

function Switch(props: { way: Way; on: boolean; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { way, on, reload } = props;
  const name = t(`ways.${way}`);
  const turn = useAction(async () => {
    await api(url, { method: 'PUT', body: { [way]: !on } });
    reload();
  });
  return (
    <div className="row">
      <span className="strong">{t(on ? 'ways.on' : 'ways.off', { way: name })}</span>
      <Button look="secondary" busy={turn.busy} onClick={() => void turn.run()}>
        {t(on ? 'ways.turn-off' : 'ways.turn-on', { way: name })}
      </Button>
      <ProblemNotice problem={turn.problem} />
    </div>
  );
}

/** The one-time code that WeChat's own page brings back in the address; the demo makes one up. */
function wechatCode(app_id: string): string | undefined {
  const brought = new URLSearchParams(location.search).get('code');
  return brought ?? (app_id === 'wx-demo' ? `code-${newKey()}` : undefined);
}

function WechatWay({ of, reload }: Props<NonNullable<Ways['wechat']>>): ReactElement {
  const { t } = usePatientWords();
  const allow = useAction(async (key) => {
    const code = of.bound ? undefined : wechatCode(of.app_id);
    if (!of.bound && code === undefined) {
      const query = new URLSearchParams({
        appid: of.app_id,
        redirect_uri: location.origin + location.pathname,
        response_type: 'code',
        scope: 'snsapi_base',
      });
      location.href = `https://open.weixin.qq.com/connect/oauth2/authorize?${query.toString()}#wechat_redirect`;
      return;
    }
    const allowed = of.templates.map(({ template }) => template);
    await post(`${url}/wechat`, { ...(code === undefined ? {} : { code }), allowed }, key);
    reload();
  });
  const forget = useAction(async () => {
    await api(`${url}/wechat`, { method: 'DELETE' });
    reload();
  });
  const list = of.templates
    .filter(({ left }) => left > 0)
    .map(({ template, left }) => t('ways.count', { name: t(`ways.template.${template}`), n: left }))
    .join('，');
  return (
    <section className="stack">
      <p className="small">{t('ways.wechat-text')}</p>
      {of.bound && <Switch way="wechat" on={of.wanted} reload={reload} />}
      {list !== '' && <p>{t('ways.wechat-left', { list })}</p>}
      <ProblemNotice problem={allow.problem ?? forget.problem} />
      <div className="row">
        <Button look="secondary" busy={allow.busy} onClick={() => void allow.run()}>
          {t(of.bound ? 'ways.wechat-more' : 'ways.wechat-bind')}
        </Button>
        {of.bound && (
          <Button look="quiet" busy={forget.busy} onClick={() => void forget.run()}>
            {t('ways.wechat-forget')}
          </Button>
        )}
      </div>
    </section>
  );
}

function EmailWay({ of, reload }: Props<NonNullable<Ways['email']>>): ReactElement {
  const { t } = usePatientWords();
  const address = of.address_masked;
  const forget = useAction(async () => {
    await api(`${url}/email`, { method: 'DELETE' });
    reload();
  });
  return (
    <section className="stack">
      <p className="small">{t('ways.email-text')}</p>
      {address !== null && of.confirmed && (
        <>
          <p>{t('ways.email-to', { address })}</p>
          <Switch way="email" on={of.wanted} reload={reload} />
        </>
      )}
      {address === null && <EmailForm step="address" reload={reload} />}
      {address !== null && !of.confirmed && (
        <>
          <p>{t('ways.email-sent', { address })}</p>
          <EmailForm step="code" reload={reload} />
        </>
      )}
      <ProblemNotice problem={forget.problem} />
      {address !== null && (
        <Button look="quiet" busy={forget.busy} onClick={() => void forget.run()}>
          {t('ways.email-forget')}
        </Button>
      )}
    </section>
  );
}

function EmailForm(props: { step: 'address' | 'code'; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { step, reload } = props;
  const [value, setValue] = useState('');
  const isCode = step === 'code';
  const send = useAction(async (key) => {
    const path = isCode ? `${url}/email/confirm` : `${url}/email`;
    await post(path, { [step]: value.trim() }, key);
    setValue('');
    reload();
  });
  return (
    <>
      <Field
        label={t(isCode ? 'ways.email-code' : 'ways.email-address')}
        control={(ties) => (
          <input
            {...ties}
            value={value}
            inputMode={isCode ? 'numeric' : 'email'}
            autoComplete={isCode ? 'one-time-code' : 'email'}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={send.problem} />
      <Button
        look="secondary"
        busy={send.busy}
        disabled={value.trim() === ''}
        onClick={() => void send.run()}
      >
        {t(isCode ? 'ways.email-confirm' : 'ways.email-send')}
      </Button>
    </>
  );
}
