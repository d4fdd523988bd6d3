import { useState, type ReactElement, type RefObject } from 'react';
import { useDisplay } from '../shared/display.ts';
import { canSpeak, useReadAloud, wordsOf } from '../shared/read-aloud.ts';
import { Button } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** Reads the page aloud, in 长辈版 on every page. */
export function ReadAloud(props: { place: RefObject<HTMLElement | null> }): ReactElement | null {
  const { t, lang } = usePatientWords();
  const { elder } = useDisplay();
  const [mute, setMute] = useState(false);
  const { reading, start, stop } = useReadAloud(lang === 'en' ? 'en-US' : 'zh-CN');
  if (!elder) return null;
  const press = (): void => {
    if (!canSpeak()) setMute(true);
    else if (reading) stop();
    else if (props.place.current) start(wordsOf(props.place.current));
  };
  return (
    <div className="read-aloud">
      <Button look="secondary" wide aria-pressed={reading} onClick={press}>
        {t(reading ? 'elder.read-stop' : 'elder.read')}
      </Button>
      <p role="status">{mute && t('elder.read-none')}</p>
    </div>
  );
}
