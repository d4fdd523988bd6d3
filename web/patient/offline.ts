const RELOADED = 'zh.reloaded';
const A_WHILE_MS = 60_000;

/** Keeps the pages for times without a network, once the first page is there and idle. */
export function keepPagesOffline(): void {
  reloadAfterUpdate();
  if (!('serviceWorker' in navigator)) return;
  addEventListener('load', () => {
    setTimeout(() => {
      navigator.serviceWorker.register('/sw.js').catch(() => undefined); // then it needs a network
    }, 1500);
  });
}

/** A page that was open while the site was updated asks for files that are gone: it starts anew, once. */
function reloadAfterUpdate(): void {
  addEventListener('vite:preloadError', (event) => {
    try {
      const before = Number(sessionStorage.getItem(RELOADED));
      if (!navigator.onLine || Date.now() - before < A_WHILE_MS) return;
      sessionStorage.setItem(RELOADED, String(Date.now()));
    } catch {
      return; // nothing would stop the second time
    }
    event.preventDefault();
    location.reload();
  });
}
