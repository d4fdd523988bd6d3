import { useEffect, useMemo, type ReactElement } from 'react';
import { api, ApiProblem } from '../shared/api.ts';
import { Button, Field } from '../shared/ui.tsx';
import { smallPhoto } from './report-photo.ts';
import { usePatientWords } from './words.ts';

export const photos_max = 3;

/** Sends photos one after another. @returns what kept each of the others from being taken. */
export async function sendPhotos(
  sent: { receipt: string; code: string },
  files: readonly File[],
): Promise<(ApiProblem | null)[]> {
  const problems: (ApiProblem | null)[] = [];
  for (const file of files) {
    const form = new FormData();
    form.append('photo', await smallPhoto(file), 'photo');
    const headers = { 'x-report-code': sent.code };
    const path = `/api/reports/${sent.receipt}/photos`;
    try {
      await api(path, { method: 'POST', form, headers });
      problems.push(null);
    } catch (error) {
      problems.push(error instanceof ApiProblem ? error : new ApiProblem(0, {}));
    }
  }
  return problems;
}

/** Chooses up to three photos and shows them. */
export function PhotoField(props: {
  files: readonly File[];
  max?: number;
  onChange: (files: readonly File[]) => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { files, max = photos_max, onChange } = props;
  return (
    <div className="stack">
      {files.length < max && (
        <Field
          label={t('report.photos')}
          hint={t('report.photos-hint')}
          control={(ties) => (
            <label className="button secondary report-choose">
              {t('report.photos-add')}
              <input
                {...ties}
                type="file"
                className="hidden-text"
                accept="image/*"
                multiple
                onChange={({ target }) => {
                  onChange([...files, ...(target.files ?? [])].slice(0, max));
                  target.value = '';
                }}
              />
            </label>
          )}
        />
      )}
      {files.length > 0 && (
        <ul className="row report-photos">
          {files.map((file, at) => (
            <li key={`${file.name} ${file.lastModified} ${file.size}`} className="stack tight">
              <Preview file={file} alt={t('report.photo-n', { n: at + 1 })} />
              <Button
                look="quiet"
                onClick={() => onChange(files.filter((other) => other !== file))}
              >
                {t('report.photo-remove', { n: at + 1 })}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Preview({ file, alt }: { file: File; alt: string }): ReactElement {
  const address = useMemo(() => URL.createObjectURL(file), [file]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return <img src={address} alt={alt} width={96} height={96} />;
}
