import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useAction, useLoad, type Loaded } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { wishTone } from '../shared/states.ts';
import type { Entry, Wish } from '../shared/types.ts';
import { Button, Card, Dialog, Facts, Notice, ProblemNotice, Tag } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

function useWishes(): Loaded<{ wishes: Wish[] }> {
  return useLoad('wishes', () => api<{ wishes: Wish[] }>('/api/wishes'), 30_000);
}

const live = ({ state }: Wish): boolean => state === 'active' || state === 'asked';
/** Wishes that are over and still shown, so that nobody wonders where one went. */
const OVER_MAX = 3;

/** 长期登记: those that go on, and the last that ended. */
export function MyWishes(): ReactElement | null {
  const { t } = usePatientWords();
  const wishes = useWishes();
  const all = wishes.data?.wishes ?? [];
  const shown = [...all.filter(live), ...all.filter((wish) => !live(wish)).slice(0, OVER_MAX)];
  if (shown.length === 0) return <ProblemNotice problem={wishes.problem} retry={wishes.reload} />;
  return (
    <section className="stack" aria-labelledby="wishes">
      <h2 id="wishes">{t('standing.title')}</h2>
      <p className="small">{t('standing.lead')}</p>
      <ul className="stack tight">
        {shown.map((wish) => (
          <li key={wish.wish_id}>
            <WishCard wish={wish} reload={wishes.reload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function WishCard({ wish, reload }: { wish: Wish; reload: () => void }): ReactElement {
  const { t, lang } = usePatientWords();
  const names = wish.services.map(({ name }) => name).join('、');
  const clinics = [names, wish.any_service ? t('standing.any') : ''].filter(Boolean).join('；');
  const renew = useAction((key) =>
    post(`/api/wishes/${wish.wish_id}/renew`, {}, key).finally(reload),
  );
  return (
    <Card
      title={wish.patient_name_masked}
      aside={<Tag tone={wishTone[wish.state]}>{t(`standing.${wish.state}`)}</Tag>}
    >
      {wish.state === 'asked' && (
        <Notice tone="warn" title={t('standing.ask-title')}>
          <p>{t('standing.ask-text')}</p>
        </Notice>
      )}
      <Facts
        rows={[
          [t('session.clinic'), clinics],
          [
            t('standing.days'),
            t('standing.range', {
              from: dayText(wish.from_date, lang),
              to: dayText(wish.to_date, lang),
            }),
          ],
          [t('standing.passed'), t('standing.passed-n', { n: wish.draws_passed })],
        ]}
      />
      <ProblemNotice problem={renew.problem} />
      {live(wish) && (
        <div className="row">
          {wish.state === 'asked' && (
            <Button busy={renew.busy} onClick={() => void renew.run()}>
              {t('standing.renew')}
            </Button>
          )}
          <StopWish wish={wish} reload={reload} />
        </div>
      )}
    </Card>
  );
}

function StopWish({ wish, reload }: { wish: Wish; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  const stop = useAction(async (key) => {
    await post(`/api/wishes/${wish.wish_id}/withdraw`, {}, key);
    setOpen(false);
    reload();
  });
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        {t('standing.stop')}
      </Button>
      {open && (
        <Dialog title={t('standing.stop-title')} onClose={() => setOpen(false)}>
          <p>{t('standing.stop-text')}</p>
          <ProblemNotice problem={stop.problem} />
          <div className="row">
            <Button look="danger" busy={stop.busy} onClick={() => void stop.run()}>
              {t('standing.stop-do')}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t('standing.stop-keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Whether this person goes on to the next draw of the group, seen from one entry. */
export function EntryWish({ entry }: { entry: Entry }): ReactElement | null {
  const { t, lang } = usePatientWords();
  const wishes = useWishes();
  const wish = wishes.data?.wishes.find(
    (one) =>
      live(one) &&
      one.patient_id === entry.patient.patient_id &&
      one.draw_group === entry.draw.group,
  );
  if (!wish || entry.state === 'withdrawn') return null;
  const won = entry.state === 'placed';
  return (
    <Card title={t('standing.title')}>
      <p>{t(won ? 'standing.still' : 'standing.on', { to: dayText(wish.to_date, lang) })}</p>
      <div className="row">
        {won && <StopWish wish={wish} reload={wishes.reload} />}
        <Link className="button secondary" to="/entries">
          {t('standing.see')}
        </Link>
      </div>
    </Card>
  );
}
