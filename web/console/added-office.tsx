import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { Button, Card, Dialog, Empty, Field, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx'; // prettier-ignore
import { addRefusals, type AddedOrder } from './direct-types.ts';
import { useConsoleWords } from './words.ts';

/** 加号审批: what doctors ask above the quota, one tap each; and the quotas themselves. */
export function AddedOfficePage(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/added-numbers/asked';
  const asked = useLoad(path, () => api<{ orders: AddedOrder[] }>(path), 5_000);
  return (
    <div className="stack">
      <header className="row spread">
        <h1>{t('nav.added')}</h1>
        <Link to="/added-report">{t('nav.added-report')}</Link>
      </header>
      <p>{t('added.lead')}</p>
      <Wait on={asked}>
        {({ orders }) =>
          orders.length === 0 ? (
            <Empty title={t('added.none')} />
          ) : (
            <ul className="cards">
              {orders.map((order) => (
                <li key={order.order_id}>
                  <Request order={order} reload={asked.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
      <Quotas />
    </div>
  );
}

function Request({ order, reload }: { order: AddedOrder; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const [refusing, setRefusing] = useState(false);
  const path = `/api/staff/added-numbers/${order.order_id}`;
  const decide = useAction(async (key, refusal: string | null) => {
    if (refusal === null) await post(`${path}/approve`, {}, key).finally(reload);
    else await post(`${path}/refuse`, { refusal }, key).finally(reload);
    setRefusing(false);
  });
  const name = order.name_masked;
  return (
    <Card
      title={`${order.practitioner_name ?? order.service_name} · ${name}`}
      aside={order.reason === 'staff' ? <Tag tone="wait">{t('report.staff')}</Tag> : undefined}
    >
      <p>
        {dayText(order.service_date, lang)} {t(`period.${order.period}`)}{' '}
        {span(order.starts_at, order.ends_at)} · {order.department_name}
      </p>
      <p>
        {t(`reason.${order.reason}`)} · {t('added.over', { n: order.quota })}
      </p>
      <p className="small mono">{order.document_masked}</p>
      <ProblemNotice problem={refusing ? undefined : decide.problem} />
      {order.mine ? (
        <p className="small">{t('added.mine')}</p>
      ) : (
        <div className="row">
          <Button
            busy={decide.busy}
            aria-label={t('added.approve-for', { name })}
            onClick={() => void decide.run(null)}
          >
            {t('added.approve')}
          </Button>
          <Button
            look="quiet"
            aria-label={t('added.refuse-for', { name })}
            onClick={() => setRefusing(true)}
          >
            {t('added.refuse')}
          </Button>
        </div>
      )}
      {refusing && (
        <Dialog title={t('added.refuse-for', { name })} onClose={() => setRefusing(false)}>
          <p>{t('added.refuse-why')}</p>
          <ProblemNotice problem={decide.problem} />
          <div className="stack tight">
            {addRefusals.map((refusal) => (
              <Button
                key={refusal}
                look="secondary"
                wide
                busy={decide.busy}
                onClick={() => void decide.run(refusal)}
              >
                {t(`refusal.${refusal}`)}
              </Button>
            ))}
          </div>
        </Dialog>
      )}
    </Card>
  );
}

type Quota = { department_id: string; department_name: string; share: number; version: number };

function Quotas(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/added-quotas';
  const quotas = useLoad(path, () => api<{ quotas: Quota[] }>(path));
  return (
    <Card title={t('quota.title')}>
      <p className="small">{t('quota.lead')}</p>
      <Wait on={quotas}>
        {(data) => (
          <ul className="cards">
            {data.quotas.map((quota) => (
              <li key={quota.department_id}>
                <QuotaForm quota={quota} reload={quotas.reload} />
              </li>
            ))}
          </ul>
        )}
      </Wait>
    </Card>
  );
}

function QuotaForm({ quota, reload }: { quota: Quota; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [percent, setPercent] = useState(String(Math.round(quota.share * 100)));
  const [saved, setSaved] = useState<number | null>(null);
  const save = useAction(async (key) => {
    const body = { department_id: quota.department_id, share: Number(percent) / 100 };
    setSaved((await post<{ version: number }>('/api/staff/added-quotas', body, key)).version);
    reload();
  });
  const name = quota.department_name;
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <Field
        label={t('quota.of', { name })}
        hint={quota.version === 0 ? t('quota.default') : undefined}
        control={(ties) => (
          <input
            {...ties}
            type="number"
            min={0}
            max={100}
            required
            value={percent}
            onChange={(event) => setPercent(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={save.problem} />
      {saved !== null && (
        <Notice tone="good">
          <p role="status">{t('quota.saved', { n: saved })}</p>
        </Notice>
      )}
      <div>
        <Button type="submit" look="secondary" busy={save.busy}>
          {t('quota.save')}
        </Button>
      </div>
    </form>
  );
}
