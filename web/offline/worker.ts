// The pages without a network. This worker keeps the files of the pages and nothing else: no answer of
// the server, so nobody's data; those a page keeps itself (web/shared/kept.ts). Files have their hash in
// their name and the page itself is asked for first, so nobody is stuck with an old version.

type Waiting = Event & { waitUntil: (work: Promise<unknown>) => void };
type Fetching = Waiting & {
  request: Request;
  respondWith: (reply: Promise<Response>) => void;
};
type Worker = EventTarget & {
  skipWaiting: () => Promise<void>;
  clients: { claim: () => Promise<void> };
};

/** Filled in by the build: the files a ticket needs, and a name that changes with them. */
const shell = ['SHELL_FILES'];
const cacheName = 'SHELL_NAME';

/** A network that does not answer is as good as none. */
const PATIENCE_MS = 5000;
const HOME = '/';

/** Addresses that are not pages of the patients. */
const others = /^\/(api|assets|console|docs|kiosk|log|screen|sw\.js|openapi\.json)(\/|$)/;

const worker = globalThis as unknown as Worker;

worker.addEventListener('install', (event) => {
  (event as Waiting).waitUntil(install());
});

worker.addEventListener('activate', (event) => {
  (event as Waiting).waitUntil(tidy());
});

worker.addEventListener('fetch', (event) => {
  const { request, respondWith } = bound(event as Fetching);
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (!others.test(pathname)) respondWith(pageOf(request));
  } else if (pathname.startsWith('/assets/')) respondWith(fileOf(request));
});

function bound(event: Fetching): Pick<Fetching, 'request' | 'respondWith'> {
  return { request: event.request, respondWith: (reply) => event.respondWith(reply) };
}

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([HOME, ...shell]);
  await worker.skipWaiting();
}

async function tidy(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The page from the server; without an answer the kept one, which finds its way by the address. */
async function pageOf(request: Request): Promise<Response> {
  const kept = (): Promise<Response | undefined> => caches.match(HOME);
  const patience = new Promise<undefined>((done) => {
    setTimeout(() => done(undefined), PATIENCE_MS);
  });
  const asked = fetch(request).catch(() => undefined);
  const reply = await Promise.race([asked, patience]);
  return reply ?? (await kept()) ?? (await asked) ?? Response.error();
}

/** A file never changes under its name. */
async function fileOf(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const reply = await fetch(request);
  if (reply.ok) {
    const copy = reply.clone();
    const cache = await caches.open(cacheName);
    await cache.put(request, copy).catch(() => undefined); // a full phone
  }
  return reply;
}
