export { expireReferrals } from './decide.ts';
export { addInstitution, bindReferrer, setReferralQuota } from './institutions.ts';
export { referralRoutes } from './routes.ts';
export { referralSubscriptions } from './subscribers.ts';
