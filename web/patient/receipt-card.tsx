import { lazy, Suspense, type ReactElement } from 'react';
import { saveFile } from '../shared/save-file.ts';
import type { Entry } from '../shared/types.ts';
import { Button, Card, Facts, LinkButton, Spinner } from '../shared/ui.tsx';
import { keptReceipt } from './receipts.ts';
import { usePatientWords } from './words.ts';

const QrCode = lazy(() => import('../shared/qr-code.tsx').then((m) => ({ default: m.QrCode })));

/** The receipt as QR, short code and file: proof of having registered. */
export function ReceiptCard({ entry }: { entry: Entry }): ReactElement {
  const { t } = usePatientWords();
  const kept = keptReceipt(entry.e);
  const code = entry.short_code.replace(/(.{4})(?=.)/g, '$1 ');
  return (
    <Card title={t('receipt.title')}>
      <p className="small">{t('receipt.text')}</p>
      <div className="receipt">
        <Suspense fallback={<Spinner />}>
          <QrCode text={JSON.stringify(entry.receipt)} label={t('receipt.qr')} />
        </Suspense>
        <div className="stack">
          <Facts rows={[[t('receipt.code'), <span className="mono short-code">{code}</span>]]} />
          {kept ? (
            <p className="small">{t('receipt.kept')}</p>
          ) : (
            <p className="small">{t('receipt.elsewhere')}</p>
          )}
          <div className="row">
            <Button
              look="secondary"
              onClick={() => save(`receipt-${entry.short_code}.json`, entry.receipt)}
            >
              {t('receipt.save')}
            </Button>
            {kept && entry.state === 'registered' && (
              <Button
                look="secondary"
                onClick={() =>
                  save(`secret-${entry.short_code}.json`, {
                    e: entry.e,
                    nonce: kept.nonce,
                    secret: kept.secret,
                  })
                }
              >
                {t('receipt.save-secret')}
              </Button>
            )}
            <LinkButton look="secondary" to={`/entries/${entry.e}/verify`}>
              {t('verify.title')}
            </LinkButton>
          </div>
        </div>
      </div>
    </Card>
  );
}

/** The receipt alone is what the verifier reads; the secret is a file of its own, not to be shown. */
function save(name: string, value: object): void {
  const json = JSON.stringify(value, null, 2);
  saveFile(new Blob([json], { type: 'application/json' }), name);
}
