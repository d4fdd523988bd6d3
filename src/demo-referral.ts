import { addInstitution, bindReferrer, setReferralQuota, setTeam } from './booking/index.ts';
import type { Context } from './context.ts';
import { listStaff } from './identity/index.ts';
import { getHospital, listPractitioners } from './schedule/index.ts';

/** The demo's expert clinic and its team's, which nobody draws: one keeps numbers for both ways in. */
export const referral_clinics = [
  ['D008', '陆时雨', '主任医师', 'CARD', '心力衰竭', 'CARD-LU', '陆时雨主任门诊', '主任', '0', '100', ''], // prettier-ignore
  ['', '', '', 'CARD', '', 'CARD-TEAM', '陆时雨专家团队门诊', '团队', '0', '60', ''],
];

/** What of its numbers each keeps for referrals and for its team. */
export const kept_numbers: Record<string, { referral: number; team: number }> = {
  'CARD-LU': { referral: 3, team: 3 },
};

/** One fictional community health centre with an account and a quota, and one expert team. */
export async function prepareReferrals(ctx: Context, hospital_id: string): Promise<void> {
  const by = { hospital_id, actor: 'demo' };
  const { departments, services } = await getHospital(ctx, { hospital_id });
  const department_id = departments.find((one) => one.code === 'CARD')?.id;
  const clinic = services.find((one) => one.code === 'CARD-TEAM');
  const referrer = (await listStaff(ctx, hospital_id)).find((one) =>
    one.roles.includes('referrer'),
  );
  if (department_id === undefined || !clinic || !referrer)
    throw new Error('the demo has a heart clinic, its team and a referrer');
  const { institution_id } = await addInstitution(ctx, {
    ...by,
    code: 'JB-01',
    name: '江滨社区卫生服务中心（演示）',
    phone: '0000-7654321',
  });
  await bindReferrer(ctx, { ...by, institution_id, staff_id: referrer.id });
  await setReferralQuota(ctx, {
    ...{ ...by, institution_id, department_id },
    ...{ healthcare_service_id: null, per: 'week', numbers: 5 },
  });
  const doctors = await listPractitioners(ctx, hospital_id);
  const idOf = (code: string): string => doctors.find((one) => one.code === code)?.id ?? '';
  await setTeam(ctx, {
    ...{ ...by, healthcare_service_id: clinic.id, closed: false },
    ...{ expert_id: idOf('D008'), members: [idOf('D004'), idOf('D005')] },
  });
}
