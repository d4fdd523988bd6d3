export type Delegate = {
  delegate_id: string;
  organisation: string;
  kind: 'village_doctor' | 'social_worker' | 'school_nurse' | 'care_home';
  name_masked: string;
  document_masked: string;
  valid_until: string;
  state: 'asked' | 'approved';
  day_max: number;
  month_max: number;
  month_used: number;
  patients: number;
};
