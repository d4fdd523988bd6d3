export { createMessaging } from './channels/index.ts';
export type { Messaging } from './channels/index.ts';
export type { Messengers, WechatSignIn } from './channels/types.ts';
export { remindPatients } from './remind.ts';
export { notifyRoutes } from './routes.ts';
export { sendMessages } from './send.ts';
export { notifySubscriptions } from './subscribers.ts';
export type { NotifyContext } from './types.ts';
export { notifyPersonData } from './person-data.ts';
