import type { PlanDraft, Rhythm } from './types.ts';

/** Manifest D−4 08:00 · entries to D−3 12:00 · seal 12:05 · round 12:15 · confirm by 20:00. */
export const defaultRhythm: Rhythm = {
  kind: 'days',
  announce: { days_before: 4, time: '08:00' },
  close: { days_before: 3, time: '12:00' },
  seal_by: { days_before: 3, time: '12:05' },
  offset_s: 600,
  margin_s: 300,
  confirm_by: { days_before: 3, time: '20:00' },
};

/** Minutes where the default has days; the server takes it in the demo only. */
export const demoRhythm: Rhythm = {
  kind: 'seconds',
  entry_s: 120,
  seal_s: 5,
  offset_s: 20,
  margin_s: 10,
  confirm_s: 900,
};

/** A plan with the usual values, to be changed. */
export function newDraft(today: string): PlanDraft {
  return {
    healthcare_service_id: '',
    method: 'order',
    effective_from: today,
    advance_days: 7,
    release_time: '08:00',
    same_day_share: 0,
    same_day_time: '07:00',
    on_site_share: 0.2,
    on_site_time: '07:00',
    draw_group: '',
  };
}
