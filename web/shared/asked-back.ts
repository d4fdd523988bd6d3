let calls = 0;
const watchers = new Set<() => void>();

/** Calls `watcher` whenever what `waitingNow` tells has changed, until the returned function is called. */
export function watchWaiting(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Whether the server has asked this page to come back and a call is waiting to. */
export function waitingNow(): boolean {
  return calls > 0;
}

/** A call was asked back; it stays so until the returned function is called, whatever its next answer. */
export function beginWaiting(): () => void {
  count(1);
  return () => count(-1);
}

function count(more: 1 | -1): void {
  calls += more;
  for (const watcher of watchers) watcher();
}
