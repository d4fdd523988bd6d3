export { createPaymentSandbox, type PaymentSandbox } from './both.ts';
export type { Call, Deliver } from './calls.ts';
export type { SandboxControls } from './controls.ts';
