import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { api, mayBeSignedIn } from '../shared/api.ts';
import { setServerTime, useLoad } from '../shared/hooks.ts';
import type { HospitalDetail, Info } from '../shared/types.ts';
import type { Staff } from './types.ts';

type Common = {
  info: Info | undefined;
  /** undefined: not known yet; null: not signed in. */
  staff: Staff | null | undefined;
  refresh: () => void;
  /** The hospital one works for, with its departments and clinics. */
  hospital: HospitalDetail | undefined;
  refreshHospital: () => void;
  may: (permission: string) => boolean;
};

const StaffContext = createContext<Common | null>(null);

export function StaffProvider(props: { children: ReactNode }): ReactNode {
  const info = useLoad('info', () => api<Info>('/api/info'), 60_000);
  const me = useLoad('staff', async () => (mayBeSignedIn() ? api<Staff>('/api/staff/me') : null));
  const signedOut = me.problem?.status === 401 || me.problem?.status === 403;
  const staff = signedOut ? null : me.data;
  const id = staff?.hospital_id ?? null;
  const hospital = useLoad(id, () => api<HospitalDetail>(`/api/hospitals/${id}`));
  const now = info.data?.now;
  useEffect(() => {
    if (now !== undefined) setServerTime(now);
  }, [now]);
  const value: Common = {
    info: info.data,
    staff,
    refresh: me.reload,
    hospital: hospital.data,
    refreshHospital: hospital.reload,
    may: (permission) => staff?.permissions.includes(permission) === true,
  };
  return <StaffContext value={value}>{props.children}</StaffContext>;
}

export function useStaff(): Common {
  const value = useContext(StaffContext);
  if (!value) throw new Error('useStaff needs StaffProvider');
  return value;
}
