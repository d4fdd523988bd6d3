import { useState, type ReactElement, type ReactNode } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad, type Loaded } from '../shared/hooks.ts';
import { reviewTone } from '../shared/states.ts';
import type { Draw, HospitalDetail, Review, SessionDetail } from '../shared/types.ts';
import {
  Button,
  Card,
  Field,
  LinkButton,
  Notice,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { usePatientWords } from './words.ts';

const RECORD_MAX = 20_000;
const APPEAL_MAX = 2_000;

function useReviews(wanted: boolean): Loaded<{ reviews: Review[] }> {
  return useLoad(
    wanted ? 'reviews' : null,
    () => api<{ reviews: Review[] }>('/api/reviews'),
    30_000,
  );
}

/** Lets a person on to registering once a clinician has accepted their record, where that is asked. */
export function ReviewGate(props: {
  draw: Draw;
  patientId: string | null;
  children: ReactNode;
}): ReactNode {
  const { draw, patientId, children } = props;
  const asked = draw.eligibility === 'pre-review' && patientId !== null;
  const reviews = useReviews(asked);
  if (!asked) return children;
  return (
    <Wait on={reviews}>
      {({ reviews: all }) => {
        const mine = all.filter(
          (one) => one.patient_id === patientId && one.draw_group === draw.group,
        );
        if (mine.some(({ state }) => state === 'accepted')) return children;
        return mine[0] ? (
          <ReviewCard review={mine[0]} reload={reviews.reload} />
        ) : (
          <HandIn draw={draw} patientId={patientId} onDone={reviews.reload} />
        );
      }}
    </Wait>
  );
}

function HandIn(props: { draw: Draw; patientId: string; onDone: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { draw, patientId } = props;
  const [record, setRecord] = useState('');
  const hand = useAction(async (key) => {
    const first = draw.sessions[0]?.session_id ?? '';
    const { hospital_id } = await api<SessionDetail>(`/api/sessions/${first}`);
    const body = { hospital_id, draw_group: draw.group, patient_id: patientId, record };
    await post('/api/reviews', body, key).finally(props.onDone);
  });
  return (
    <Card title={t('review.title')}>
      <p>{t('review.lead')}</p>
      <Field
        label={t('review.record')}
        hint={t('review.hint')}
        control={(ties) => (
          <textarea
            {...ties}
            rows={6}
            maxLength={RECORD_MAX}
            value={record}
            onChange={(event) => setRecord(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={hand.problem} />
      <Button busy={hand.busy} disabled={record.trim().length < 10} onClick={() => void hand.run()}>
        {t('review.send')}
      </Button>
    </Card>
  );
}

/** Records handed in by people of this account. */
export function MyReviews(): ReactElement | null {
  const { t } = usePatientWords();
  const reviews = useReviews(true);
  const list = reviews.data?.reviews ?? [];
  if (list.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="reviews">
      <h2 id="reviews">{t('review.mine')}</h2>
      <ul className="stack tight">
        {list.map((review) => (
          <li key={review.review_id}>
            <ReviewCard review={review} reload={reviews.reload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ReviewCard({ review, reload }: { review: Review; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const waiting = review.state === 'waiting' || review.state === 'appealed';
  return (
    <Card
      title={t('review.of', { name: review.patient_name_masked })}
      aside={<Tag tone={reviewTone[review.state]}>{t(`review.${review.state}`)}</Tag>}
    >
      {waiting && <p>{t('review.due', { time: mdHm(review.due_at) })}</p>}
      {review.state === 'accepted' && <p>{t('review.accepted-text')}</p>}
      {review.state === 'refused' && <Refused review={review} reload={reload} />}
      <details>
        <summary>{t('review.see')}</summary>
        <p className="record">{review.record}</p>
        {review.appeal !== null && (
          <>
            <p className="strong">{t('review.appeal')}</p>
            <p className="record">{review.appeal}</p>
          </>
        )}
      </details>
    </Card>
  );
}

function Refused({ review, reload }: { review: Review; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { hospital } = useCommon();
  const detail = useLoad(hospital?.id ?? null, () =>
    api<HospitalDetail>(`/api/hospitals/${hospital?.id}`),
  );
  const other = detail.data?.services.find(({ id }) => id === review.other_service_id);
  return (
    <>
      <Notice tone="warn" title={t('review.refused-title')}>
        {review.reason !== null && <p>{t('review.reason', { reason: review.reason })}</p>}
        {other && <p>{t('review.other', { name: other.name })}</p>}
        {other && hospital && (
          <LinkButton to={`/h/${hospital.id}/d/${other.department_id}`}>
            {t('review.other-go', { name: other.name })}
          </LinkButton>
        )}
      </Notice>
      {review.appeal === null ? (
        <Appeal review={review} reload={reload} />
      ) : (
        <p className="small">{t('review.final')}</p>
      )}
    </>
  );
}

/** Disagreeing with a refusal, once; another clinician decides. */
function Appeal({ review, reload }: { review: Review; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [text, setText] = useState('');
  const appeal = useAction((key) =>
    post(`/api/reviews/${review.review_id}/appeal`, { text }, key).finally(reload),
  );
  return (
    <details>
      <summary>{t('review.appeal-open')}</summary>
      <div className="stack tight">
        <Field
          label={t('review.appeal-label')}
          hint={t('review.appeal-hint')}
          control={(ties) => (
            <textarea
              {...ties}
              rows={4}
              maxLength={APPEAL_MAX}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={appeal.problem} />
        <div>
          <Button
            look="secondary"
            busy={appeal.busy}
            disabled={text.trim().length < 2}
            onClick={() => void appeal.run()}
          >
            {t('review.appeal-send')}
          </Button>
        </div>
      </div>
    </details>
  );
}
