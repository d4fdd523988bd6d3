import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { useParams } from '../shared/router.tsx';
import type { Draw, Entry } from '../shared/types.ts';
import { Card, Empty, Facts, LinkButton, Notice, Tag, Wait, type Tone } from '../shared/ui.tsx';
import { SignedIn } from './signed-in.tsx';
import type { Check } from './verify-run.ts';
import { usePatientWords } from './words.ts';

export function VerifyPage(): ReactElement {
  const { t } = usePatientWords();
  const { entryId = '' } = useParams();
  const entries = useLoad('entries', () => api<{ entries: Entry[] }>('/api/entries'));
  return (
    <SignedIn title={t('verify.title')}>
      <p>{t('verify.lead')}</p>
      <Wait on={entries}>
        {({ entries: list }) => {
          const entry = list.find(({ e }) => e === entryId);
          return entry ? <Verified entry={entry} /> : <Empty title={t('entry.none')} />;
        }}
      </Wait>
    </SignedIn>
  );
}

function Verified({ entry }: { entry: Entry }): ReactElement {
  const { t } = usePatientWords();
  const checks = useLoad(`verify/${entry.e}/${entry.draw.state}`, async () => {
    const { verifyEntry } = await import('./verify-run.ts');
    return verifyEntry(entry.draw_id, entry.receipt);
  });
  return (
    <>
      <Wait on={checks}>
        {(list) => (
          <>
            <Summary checks={list} />
            <Card title={t('verify.checks')}>
              <ol className="checks">
                {list.map((check) => (
                  <CheckLine key={check.id} check={check} />
                ))}
              </ol>
            </Card>
          </>
        )}
      </Wait>
      <Numbers draw={entry.draw} />
      <Independent drawId={entry.draw_id} />
      <LinkButton look="quiet" to={`/entries/${entry.e}`}>
        {t('common.back')}
      </LinkButton>
    </>
  );
}

function Summary({ checks }: { checks: readonly Check[] }): ReactElement {
  const { t } = usePatientWords();
  const count = (status: Check['status']): number =>
    checks.filter((check) => check.status === status).length;
  const failed = count('fail');
  const mine = checks.find(({ id }) => id === 'V5')?.status;
  const counts = t('verify.counts', {
    pass: count('pass'),
    fail: failed,
    open: count('not-checked'),
  });
  if (failed > 0) {
    return (
      <Notice tone="bad" title={t('verify.failed')}>
        <p>{t('verify.failed-text')}</p>
        <p>{counts}</p>
      </Notice>
    );
  }
  return (
    <Notice tone="good" title={t(mine === 'pass' ? 'verify.mine-in' : 'verify.no-fault')}>
      <p>{counts}</p>
    </Notice>
  );
}

const tones: Record<Check['status'], Tone> = { pass: 'good', fail: 'bad', 'not-checked': 'muted' };

function CheckLine({ check }: { check: Check }): ReactElement {
  const { t, lang } = usePatientWords();
  return (
    <li className="check">
      <p className="row spread">
        <span className="strong">{lang === 'en' ? check.name.en : check.name.zh}</span>
        <Tag tone={tones[check.status]}>{t(`verify.${check.status}`)}</Tag>
      </p>
      <p className="small">
        {check.status === 'not-checked' && t('verify.should')}
        {t(`verify.${check.id}`)}
      </p>
      {check.status === 'pass' ? (
        <details>
          <summary>{t('verify.detail')}</summary>
          <Told check={check} lang={lang} />
        </details>
      ) : (
        <Told check={check} lang={lang} />
      )}
    </li>
  );
}

function Told({ check, lang }: { check: Check; lang: string }): ReactElement {
  return (
    <>
      {check.told.map((sentence) => (
        <p key={sentence.en} className="small">
          {lang === 'en' ? sentence.en : sentence.zh}
        </p>
      ))}
    </>
  );
}

function Numbers({ draw }: { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  const rows: (readonly [string, ReactElement])[] = [];
  const add = (name: string, value: string | number | null): void => {
    if (value !== null) rows.push([name, <span className="mono">{value}</span>]);
  };
  add(t('verify.entries'), draw.entries);
  add(t('verify.root'), draw.root);
  add(t('verify.seal'), draw.seal);
  add(t('verify.round'), draw.round);
  add(t('verify.seed'), draw.seed);
  return (
    <Card title={t('verify.numbers')}>
      <Facts rows={rows} />
      {!draw.beacon.independent && <Notice tone="warn">{t('verify.demo-beacon')}</Notice>}
    </Card>
  );
}

function Independent({ drawId }: { drawId: string }): ReactElement {
  const { t } = usePatientWords();
  return (
    <Card title={t('verify.independent')}>
      <p>{t('verify.independent-text')}</p>
      <p>
        <a className="button secondary" href={`/api/draws/${drawId}/bundle.zip`} download>
          {t('verify.bundle')}
        </a>
      </p>
      <pre className="mono">npm run draw:verify -- bundle.zip --receipt receipt.json</pre>
    </Card>
  );
}
