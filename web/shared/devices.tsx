import { useState, type ReactElement } from 'react';
import { api, post } from './api.ts';
import { mdHm } from './format.ts';
import { useAction, useLoad } from './hooks.ts';
import { useSharedWords } from './i18n.tsx';
import { Button, Notice, ProblemNotice, Tag, Wait } from './ui.tsx';
import type { devicesZh } from './zh-devices.ts';

/** A sign-in as the server tells of it. */
export type Device = {
  session_id: string;
  system: string;
  browser: string;
  method: string;
  created_at: string;
  seen_at: string;
};
type OwnDevice = Device & { current: boolean };
type Word = keyof typeof devicesZh;

/** `minutes`: how long a device that was signed out is still believed. */
export function DeviceList(props: { minutes: number }): ReactElement {
  const { t } = useSharedWords();
  const list = useLoad('devices', () => api<{ sessions: OwnDevice[] }>('/api/sessions'));
  const [ended, setEnded] = useState<number>();
  const others = useAction(async () => {
    const reply = await post<{ ended: number }>('/api/sessions/end-others');
    setEnded(reply.ended);
    list.reload();
  });
  return (
    <div className="stack">
      <p className="soft">{t('devices.lead')}</p>
      {ended !== undefined && <Notice tone="good">{t('devices.ended', { n: ended })}</Notice>}
      <Wait on={list}>
        {({ sessions }) => (
          <>
            <ul className="stack">
              {sessions.map((device) => (
                <li key={device.session_id}>
                  <OneDevice device={device} reload={list.reload} />
                </li>
              ))}
            </ul>
            {sessions.length > 1 ? (
              <Button look="secondary" busy={others.busy} onClick={() => void others.run()}>
                {t('devices.end-others')}
              </Button>
            ) : (
              <p className="soft">{t('devices.only')}</p>
            )}
          </>
        )}
      </Wait>
      <ProblemNotice problem={others.problem} />
      <p className="small soft">{t('devices.delay', { n: props.minutes })}</p>
    </div>
  );
}

function OneDevice({ device, reload }: { device: OwnDevice; reload: () => void }): ReactElement {
  const { t } = useSharedWords();
  const end = useAction(async () => {
    await post(`/api/sessions/${device.session_id}/end`);
    reload();
  });
  return (
    <div className="card person">
      <div>
        <p>
          <DeviceName device={device} />{' '}
          {device.current && <Tag tone="good">{t('devices.this')}</Tag>}
        </p>
        <p className="soft small">
          {t('devices.since', { from: mdHm(device.created_at), seen: mdHm(device.seen_at) })}
        </p>
        <ProblemNotice problem={end.problem} />
      </div>
      {!device.current && (
        <Button look="secondary" busy={end.busy} onClick={() => void end.run()}>
          {t('devices.end')}
        </Button>
      )}
    </div>
  );
}

/** `安卓手机或平板 · 微信`. */
export function DeviceName({ device }: { device: Device }): ReactElement {
  const { t } = useSharedWords();
  const known = device.system !== 'other' || device.browser !== 'other';
  const words: Word[] = [`system.${device.system}` as Word, `browser.${device.browser}` as Word];
  return (
    <span className="strong">
      {known ? words.map((word) => t(word)).join(' · ') : t('devices.unknown')}
    </span>
  );
}

/** How somebody signed in, in words. */
export function MethodName({ method }: { method: string }): ReactElement {
  const { t } = useSharedWords();
  return <>{t(`method.${method}` as Word)}</>;
}
