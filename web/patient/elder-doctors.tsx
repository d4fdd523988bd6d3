import type { ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayOf, dayText, hm, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Lang } from '../shared/i18n.tsx';
import { useNavigate } from '../shared/router.tsx';
import type { FreeNumber, SessionDetail, Visit } from '../shared/types.ts';
import { Button, Card, Empty, LinkButton, ProblemNotice, Wait } from '../shared/ui.tsx';
import { findAgain, type Again } from './elder-again.ts';
import { comingVisits, lastVisits, sameDoctor } from './elder-visits.ts';
import { takeHold } from './hold.ts';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

/** 我的医生: one press books the doctor's next day. */
export function ElderDoctorsPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('elder.doctors')}>
      <Doctors />
      <p>{t('elder.window')}</p>
    </SignedIn>
  );
}

function Doctors(): ReactElement {
  const { t } = usePatientWords();
  const visits = useLoad('visits', () => api<{ appointments: Visit[] }>('/api/appointments'));
  return (
    <Wait on={visits}>
      {({ appointments }) => {
        const last = lastVisits(appointments);
        if (last.length === 0)
          return (
            <Empty title={t('elder.doctors-none')}>
              <LinkButton to="/all">{t('elder.choose-doctor')}</LinkButton>
            </Empty>
          );
        const coming = comingVisits(appointments);
        return last.map((visit) => (
          <DoctorCard
            key={sameDoctor(visit)}
            visit={visit}
            booked={coming.find((one) => sameDoctor(one) === sameDoctor(visit))}
          />
        ));
      }}
    </Wait>
  );
}

function DoctorCard(props: { visit: Visit; booked: Visit | undefined }): ReactElement {
  const { t, lang } = usePatientWords();
  const { visit, booked } = props;
  return (
    <Card title={`${visit.practitioner_name} · ${visit.department_name}`}>
      <p>
        {visit.hospital_name} {visit.campus_name}
      </p>
      {booked ? (
        <>
          <p className="strong">
            {t('elder.booked', {
              day: `${dayText(booked.service_date, lang)} ${hm(booked.starts_at)}`,
            })}
          </p>
          <LinkButton to="/elder/number" wide>
            {t('elder.see')}
          </LinkButton>
        </>
      ) : (
        <>
          <p>{t('elder.last', { day: dayText(visit.service_date, lang) })}</p>
          <NextTime visit={visit} />
        </>
      )}
    </Card>
  );
}

function NextTime({ visit }: { visit: Visit }): ReactElement {
  const again = useLoad(visit.appointment_id, () => findAgain(visit));
  return (
    <Wait on={again}>
      {(found) =>
        found.kind === 'free' ? (
          <BookAgain
            visit={visit}
            session={found.session}
            number={found.number}
            reload={again.reload}
          />
        ) : (
          <NotNow again={found} />
        )
      }
    </Wait>
  );
}

/** The button says what it does: day, time, for whom, what it costs, and how to undo it. */
function BookAgain(props: {
  visit: Visit;
  session: SessionDetail;
  number: FreeNumber;
  reload: () => void;
}): ReactElement {
  const { t, lang } = usePatientWords();
  const navigate = useNavigate();
  const { visit, session, number } = props;
  const { patient } = visit;
  const book = useAction(async (key) => {
    try {
      const wish = { session_id: session.session_id, slot_id: number.slot_id };
      const taken = await takeHold({ ...wish, patient_id: patient.patient_id }, key);
      // Confirmed at once and paid at the hospital: no clock runs against anybody.
      const path = `/api/appointments/${taken.appointment_id}/confirm`;
      const confirmed = await post(path).then(
        () => true,
        () => false, // the page of the held number says what is left to do
      );
      navigate(confirmed ? '/elder/number' : `/visits/${taken.appointment_id}`);
    } catch (error) {
      props.reload();
      throw error;
    }
  });
  const fee = session.service.registration_fee_fen + session.service.consultation_fee_fen;
  return (
    <>
      <p>{t('elder.again-for', { name: patient.name_masked, fee: yuan(fee) })}</p>
      <ProblemNotice problem={book.problem} />
      <Button wide busy={book.busy} onClick={() => void book.run()}>
        {t('elder.again', {
          day: dayText(session.service_date, lang),
          period: t(`period.${session.period}`),
          time: hm(number.starts_at),
        })}
      </Button>
      <p>
        {session.cancel_until
          ? t('elder.again-rule', { time: inWords(session.cancel_until, lang) })
          : t('elder.again-rule-plain')}
      </p>
    </>
  );
}

const inWords = (instant: string, lang: Lang): string =>
  `${dayText(dayOf(instant), lang)} ${hm(instant)}`;

function NotNow({ again }: { again: Exclude<Again, { kind: 'free' }> }): ReactElement {
  const { t, lang } = usePatientWords();
  const others = (
    <LinkButton to={`/h/${again.hospital_id}/d/${again.department_id}`} look="secondary" wide>
      {t('elder.others')}
    </LinkButton>
  );
  if (again.kind === 'full')
    return (
      <>
        <p>{t('elder.full')}</p>
        {others}
      </>
    );
  const { session } = again;
  const when = {
    day: dayText(session.service_date, lang),
    period: t(`period.${session.period}`),
  };
  if (again.kind === 'unreleased')
    return (
      <>
        <p>{t('elder.unreleased', { ...when, text: session.release_text ?? '' })}</p>
        {others}
      </>
    );
  return (
    <>
      <p>{t('elder.register', when)}</p>
      <LinkButton to={`/h/${again.hospital_id}/s/${session.session_id}`} wide>
        {t('elder.register-go')}
      </LinkButton>
    </>
  );
}
