import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Level } from '../shared/types.ts';
import { Button, Dialog, Empty, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { LetterDialog } from './referral-letter.tsx';
import { ReferralSelect } from './referral-select.tsx';
import type { Place } from './referral-types.ts';
import { useStaff } from './staff-context.tsx';
import type { DeskVisit } from './types.ts';
import { useConsoleWords } from './words.ts';

/** At the desk: the letter of a referred patient, and 升级 to the team's expert. */
export function DeskTeam(props: { visit: DeskVisit; level: Level }): ReactElement | null {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const [open, setOpen] = useState<'letter' | 'up' | null>(null);
  const { visit } = props;
  const seen = visit.status === 'called' || visit.status === 'fulfilled';
  const name = visit.name_masked;
  const letter = `/api/staff/referral-letter?appointment_id=${visit.appointment_id}`;
  const close = (): void => setOpen(null);
  return (
    <>
      {visit.tags.includes('referral') && may('booking.in_clinic') && (
        <Button
          look="quiet"
          aria-label={t('referrals.letter-of', { name })}
          onClick={() => setOpen('letter')}
        >
          {t('referrals.letter')}
        </Button>
      )}
      {props.level === 'team' && seen && may('team.escalate') && (
        <Button look="secondary" onClick={() => setOpen('up')}>
          {t('team.up')}
        </Button>
      )}
      {open === 'letter' && <LetterDialog path={letter} name={name} onClose={close} />}
      {open === 'up' && <EscalateDialog visit={visit} onClose={close} />}
    </>
  );
}

const reasons = ['complex', 'severe', 'plan', 'procedure'] as const;
type Times = { times: (Place & { session_id: string; free: number })[] };

function EscalateDialog(props: { visit: DeskVisit; onClose: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { appointment_id, name_masked: name } = props.visit;
  const [reason, setReason] = useState<(typeof reasons)[number]>('complex');
  const [done, setDone] = useState(false);
  const path = `/api/staff/team-escalations/times?appointment_id=${appointment_id}`;
  const found = useLoad(path, () => api<Times>(path));
  const give = useAction(async (key, session_id: string) => {
    await post('/api/staff/team-escalations', { appointment_id, session_id, reason }, key);
    setDone(true);
  });
  if (done)
    return (
      <Dialog title={t('team.up-title', { name })} onClose={props.onClose}>
        <Notice tone="good">
          <p role="status">{t('team.up-done')}</p>
        </Notice>
      </Dialog>
    );
  return (
    <Dialog title={t('team.up-title', { name })} onClose={props.onClose}>
      <p>{t('team.up-text')}</p>
      <ReferralSelect
        label={t('team.up-why')}
        value={reason}
        onChange={setReason}
        options={reasons.map((one) => [one, t(`team.${one}`)] as const)}
      />
      <ProblemNotice problem={give.problem} />
      <Wait on={found}>
        {({ times }) =>
          times.length === 0 ? (
            <Empty title={t('team.up-none')} />
          ) : (
            <ul className="stack tight">
              {times.map((one) => (
                <li key={one.session_id}>
                  <Button
                    look="secondary"
                    wide
                    busy={give.busy}
                    onClick={() => void give.run(one.session_id)}
                  >
                    {t('team.give', {
                      when: `${dayText(one.service_date, lang)} ${t(`period.${one.period}`)}`,
                      doctor: one.practitioner_name ?? one.service_name,
                      n: one.free,
                    })}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </Dialog>
  );
}
