import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { api, mayBeSignedIn } from '../shared/api.ts';
import { setServerTime, useLoad, type Loaded } from '../shared/hooks.ts';
import type { Hospital, Info, Me } from '../shared/types.ts';

type Common = {
  info: Info | undefined;
  /** undefined: not known yet; null: not signed in. */
  me: Me | null | undefined;
  refreshMe: () => void;
  /** How many notices the account has not read. */
  unread: Loaded<{ unread: number }>;
  hospitals: Loaded<Hospital[]>;
  /** The hospital whose window and phone a page names. */
  hospital: Hospital | undefined;
  chooseHospital: (id: string) => void;
};

const CommonContext = createContext<Common | null>(null);

/** What every page needs: the server's time, who is signed in, and which hospital it is about. */
export function CommonProvider(props: { children: ReactNode }): ReactNode {
  const info = useLoad('info', () => api<Info>('/api/info'), 60_000);
  const me = useLoad('me', async () => (mayBeSignedIn() ? api<Me>('/api/me') : null));
  const unread = useLoad(
    me.data ? 'unread' : null,
    () => api<{ unread: number }>('/api/notices/unread'),
    30_000,
  );
  const hospitals = useLoad('hospitals', async () => {
    const { hospitals: list } = await api<{ hospitals: Hospital[] }>('/api/hospitals');
    return list;
  });
  const [chosen, chooseHospital] = useState<string | null>(null);
  const now = info.data?.now;
  useEffect(() => {
    if (now !== undefined) setServerTime(now);
  }, [now]);
  const signedOut = me.problem?.status === 401 || me.problem?.status === 403;
  const value: Common = {
    info: info.data,
    me: signedOut ? null : me.data,
    refreshMe: me.reload,
    unread,
    hospitals,
    hospital: hospitals.data?.find(({ id }) => id === chosen) ?? hospitals.data?.[0],
    chooseHospital,
  };
  return <CommonContext value={value}>{props.children}</CommonContext>;
}

export function useCommon(): Common {
  const value = useContext(CommonContext);
  if (!value) throw new Error('useCommon needs CommonProvider');
  return value;
}

/** Says which hospital this page is about. */
export function useHospitalOfPage(id: string | undefined): void {
  const { chooseHospital } = useCommon();
  useEffect(() => {
    if (id !== undefined) chooseHospital(id);
  }, [id, chooseHospital]);
}
