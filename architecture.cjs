/**
 * Which module may use which; `npm run check` turns it into dependency-cruiser rules and the tests
 * of the documents read it. A module is entered through its index.ts only; news goes up as events.
 */
const modules = {
  platform: [],
  identity: ['platform'],
  schedule: ['platform'],
  evidence: ['platform'],
  payment: ['platform'],
  booking: ['platform', 'identity', 'schedule', 'payment'],
  gate: ['platform', 'identity'],
  governance: ['platform', 'schedule', 'identity'],
  release: ['platform', 'identity', 'schedule', 'booking', 'evidence'],
  his: ['platform', 'identity', 'schedule', 'booking', 'release', 'payment'],
  notify: ['platform', 'identity', 'schedule', 'booking'],
  paper: ['platform', 'identity', 'schedule', 'booking', 'evidence'],
  kiosk: ['platform', 'identity', 'booking', 'payment', 'release'],
};

/** Parts of a module with an entry of their own; the browser may load the ones it verifies with. */
const entries = {
  identity: ['src/identity/documents/index.ts', 'src/identity/sandbox/index.ts'],
  release: ['src/release/sealed-draw/'],
};

/** Pure libraries that run in the browser as they run in the server. */
const browserSafe = ['src/release/sealed-draw/', 'src/platform/tlog/'];

module.exports = { modules, entries, browserSafe };
