import { useState, type ReactElement } from 'react';
import { dayText, hm, span } from '../shared/format.ts';
import { Button, Dialog } from '../shared/ui.tsx';
import { CopyText } from './copy-text.tsx';
import type { VisitGuide } from './visit-types.ts';
import { usePatientWords } from './words.ts';

/** The calendar entry, and a text for the family that names nobody in full. */
export function VisitShare({ guide }: { guide: VisitGuide }): ReactElement {
  const { t } = usePatientWords();
  const text = useShareText(guide);
  const [copying, setCopying] = useState(false);
  const share = async (): Promise<void> => {
    if (!('share' in navigator)) return setCopying(true);
    try {
      await navigator.share({ text });
    } catch (error) {
      // Closing the phone's own sheet is a choice, anything else is not.
      if (!(error instanceof DOMException && error.name === 'AbortError')) setCopying(true);
    }
  };
  return (
    <div className="row">
      <a
        className="button secondary"
        href={`/api/appointments/${guide.visit.appointment_id}/calendar`}
        download="visit.ics"
      >
        {t('share.calendar')}
      </a>
      <Button look="secondary" onClick={() => void share()}>
        {t('share.family')}
      </Button>
      {copying && <CopyDialog text={text} onClose={() => setCopying(false)} />}
    </div>
  );
}

function useShareText(guide: VisitGuide): string {
  const { t, lang } = usePatientWords();
  const { visit, sensitive } = guide;
  const what = {
    name: visit.patient.name_masked,
    day: dayText(visit.service_date, lang),
    period: t(`period.${visit.period}`),
    time: span(visit.starts_at, visit.ends_at),
    from: hm(guide.arrive_from),
    n: visit.sequence,
  };
  if (sensitive) return t('share.text-sensitive', what);
  const where = [visit.hospital_name, visit.campus_name, guide.campus_address, guide.place];
  return t('share.text', {
    ...what,
    where: where.filter(Boolean).join(' '),
    phone: guide.hospital_phone,
  });
}

/** Browsers inside other apps often share nothing: the text is there to be copied. */
function CopyDialog({ text, onClose }: { text: string; onClose: () => void }): ReactElement {
  const { t } = usePatientWords();
  return (
    <Dialog title={t('share.family')} onClose={onClose}>
      <CopyText label={t('share.copy-label')} text={text} rows={6} />
    </Dialog>
  );
}
