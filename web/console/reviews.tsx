import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Review } from '../shared/types.ts';
import {
  Button,
  Card,
  Countdown,
  Dialog,
  Empty,
  Facts,
  Field,
  Notice,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

/** 资料预审: records that wait for a clinician, the most urgent first. */
export function ReviewsPage(): ReactElement {
  const { t } = useConsoleWords();
  const [said, setSaid] = useState<string | null>(null);
  const list = useLoad('reviews', () => api<{ reviews: Review[] }>('/api/staff/reviews'), 15_000);
  const answered = (review: Review, state: 'accepted' | 'refused'): void => {
    setSaid(t(`reviews.done.${state}`, { name: review.patient_name_masked }));
    list.reload();
  };
  return (
    <div className="stack">
      <h1>{t('nav.reviews')}</h1>
      <p className="soft">{t('reviews.lead')}</p>
      <div role="status">{said !== null && <Notice tone="good">{said}</Notice>}</div>
      <Wait on={list}>
        {({ reviews }) =>
          reviews.length === 0 ? (
            <Empty title={t('reviews.none')} />
          ) : (
            <ul className="stack">
              {reviews.map((review) => (
                <li key={review.review_id}>
                  <ReviewCard review={review} onDone={(state) => answered(review, state)} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </div>
  );
}

function ReviewCard(props: {
  review: Review;
  onDone: (state: 'accepted' | 'refused') => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { review } = props;
  const [refusing, setRefusing] = useState(false);
  const name = review.patient_name_masked;
  const accept = useAction(async (key) => {
    await post(`/api/staff/reviews/${review.review_id}`, { accept: true }, key);
    props.onDone('accepted');
  });
  const isAppeal = review.state === 'appealed';
  return (
    <Card
      title={name}
      aside={
        <Tag tone={isAppeal ? 'bad' : 'wait'}>
          {t(isAppeal ? 'reviews.appealed' : 'reviews.waiting')}
        </Tag>
      }
    >
      <Facts
        rows={[
          [
            t('reviews.due'),
            <>
              {mdHm(review.due_at)}（<Countdown until={review.due_at} />）
            </>,
          ],
          [t('reviews.submitted'), mdHm(review.submitted_at)],
          [t('reviews.group'), review.draw_group],
        ]}
      />
      <h3>{t('reviews.record')}</h3>
      <p className="record">{review.record}</p>
      {isAppeal && (
        <Notice tone="warn" title={t('reviews.appeal-text')}>
          <p className="record">{review.appeal}</p>
          {review.reason && <p>{t('reviews.refused-because', { text: review.reason })}</p>}
          <p className="small">{t('reviews.other-person')}</p>
        </Notice>
      )}
      <ProblemNotice problem={accept.problem} />
      <div className="row">
        <Button
          busy={accept.busy}
          aria-label={t('reviews.accept-of', { name })}
          onClick={() => void accept.run()}
        >
          {t('reviews.accept')}
        </Button>
        <Button
          look="danger"
          aria-label={t('reviews.refuse-of', { name })}
          onClick={() => setRefusing(true)}
        >
          {t('reviews.refuse')}
        </Button>
      </div>
      {refusing && (
        <RefuseDialog
          review={review}
          onClose={() => setRefusing(false)}
          onDone={() => {
            setRefusing(false);
            props.onDone('refused');
          }}
        />
      )}
    </Card>
  );
}

/** A refusal says why and names a clinic that will see the person. */
function RefuseDialog(props: {
  review: Review;
  onClose: () => void;
  onDone: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const { review_id, patient_name_masked: name } = props.review;
  const [reason, setReason] = useState('');
  const [other, setOther] = useState('');
  const refuse = useAction(async (key) => {
    const body = { accept: false, reason: reason.trim(), other_service_id: other };
    await post(`/api/staff/reviews/${review_id}`, body, key);
    props.onDone();
  });
  return (
    <Dialog title={t('reviews.refuse-of', { name })} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void refuse.run();
        }}
      >
        <Field
          label={t('reviews.reason')}
          control={(ties) => (
            <textarea
              {...ties}
              rows={3}
              required
              minLength={2}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        />
        <Field
          label={t('reviews.other')}
          control={(ties) => (
            <select
              {...ties}
              required
              value={other}
              onChange={(event) => setOther(event.target.value)}
            >
              <option value="">{t('plan.choose')}</option>
              {hospital?.departments.map((department) => (
                <optgroup key={department.id} label={department.name}>
                  {hospital.services
                    .filter((service) => service.department_id === department.id)
                    .map(({ id, name: service }) => (
                      <option key={id} value={id}>
                        {service}
                      </option>
                    ))}
                </optgroup>
              ))}
            </select>
          )}
        />
        <ProblemNotice problem={refuse.problem} />
        <Button type="submit" look="danger" busy={refuse.busy}>
          {t('reviews.refuse-do')}
        </Button>
      </form>
    </Dialog>
  );
}
