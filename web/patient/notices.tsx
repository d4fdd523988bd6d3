import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { NoticePage, PatientNotice } from '../shared/types.ts';
import { Button, Card, Empty, LinkButton, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { NoticeWays } from './notice-ways.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

const page_size = 20;

/** What we told the account about its patients, newest first, in large type. */
export function NoticesPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('nav.notices')}>
      <NoticeList />
      <NoticeWays />
    </SignedIn>
  );
}

function NoticeList(): ReactElement {
  const { t } = usePatientWords();
  const { unread } = useCommon();
  const page = useLoad('notices', () => api<NoticePage>('/api/notices'), 20_000);
  const [older, setOlder] = useState<readonly PatientNotice[]>([]);
  const [done, setDone] = useState(false);
  const [read, setRead] = useState<ReadonlySet<string>>(new Set());
  const more = useAction(async () => {
    const last = older.at(-1) ?? page.data?.notices.at(-1);
    if (!last) return;
    const { notices } = await api<NoticePage>(`/api/notices?before=${last.notice_id}`);
    setOlder([...older, ...notices]);
    setDone(notices.length < page_size);
  });
  const markRead = (id: string): void => {
    setRead((known) => new Set(known).add(id));
    void post(`/api/notices/${id}/read`).then(unread.reload, page.reload);
  };
  return (
    <Wait on={page}>
      {({ notices }) => {
        if (notices.length === 0) return <Empty title={t('notices.none')} />;
        // A page that is refreshed may push its last ones onto those loaded before.
        const all = new Map([...notices, ...older].map((one) => [one.notice_id, one]));
        return (
          <>
            <ul className="stack">
              {[...all.values()].map((notice) => (
                <li key={notice.notice_id}>
                  <NoticeCard
                    notice={notice}
                    isRead={notice.read || read.has(notice.notice_id)}
                    onRead={() => markRead(notice.notice_id)}
                  />
                </li>
              ))}
            </ul>
            <ProblemNotice problem={more.problem} />
            {!done && notices.length === page_size && (
              <Button look="secondary" busy={more.busy} onClick={() => void more.run()}>
                {t('notices.more')}
              </Button>
            )}
          </>
        );
      }}
    </Wait>
  );
}

/** One sentence a line: what it is about stands first, and no number to call is broken in two. */
const sentences = (text: string): string[] => [...new Set(text.match(/[^。]+。?/g) ?? [text])];
const phone_number = /(\d{3,4}-\d{7,8})/;

function NoticeCard(props: {
  notice: PatientNotice;
  isRead: boolean;
  onRead: () => void;
}): ReactElement {
  const { t, lang } = usePatientWords();
  const { notice, isRead, onRead } = props;
  const title = lang === 'en' ? t(`notices.kind.${notice.kind}`) : notice.title;
  return (
    <Card
      tone={isRead ? 'plain' : 'raised'}
      title={title}
      aside={isRead ? undefined : <Tag tone="open">{t('notices.unread')}</Tag>}
    >
      <p className="soft">
        {notice.patient_name_masked} · {mdHm(notice.at)}
      </p>
      <p className="notice-text" lang="zh-CN">
        {sentences(notice.text).map((one, n) => (
          <span key={one} className={n === 0 ? 'strong' : undefined}>
            {one.split(phone_number).map((part, at) =>
              at % 2 === 0 ? (
                part
              ) : (
                <span key={part} className="nowrap">
                  {part}
                </span>
              ),
            )}
          </span>
        ))}
      </p>
      <div className="row">
        {notice.link !== null && (
          <span onClickCapture={isRead ? undefined : onRead}>
            <LinkButton to={notice.link}>{t('notices.open')}</LinkButton>
          </span>
        )}
        {!isRead && (
          <Button look="secondary" onClick={onRead}>
            {t('notices.understood')}
          </Button>
        )}
      </div>
    </Card>
  );
}
