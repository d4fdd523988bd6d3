import type { ReactElement } from 'react';
import { DeviceList } from '../shared/devices.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

const token_minutes = 30;

/** 登录设备: where the account is signed in, and the way to sign a lost phone out. */
export function DevicesPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('devices.title')}>
      <DeviceList minutes={token_minutes} />
    </SignedIn>
  );
}
