const kept_name = 'zh.screen';

/** The token this screen was linked with: from the address it was opened by, else as it was kept. */
export function screenToken(): string | null {
  const given = location.hash.slice(1);
  try {
    if (/^[\w-]{20,100}$/.test(given)) {
      localStorage.setItem(kept_name, given);
      // Nobody reads it off the address bar of a screen on a wall.
      history.replaceState(null, '', location.pathname);
      return given;
    }
    return localStorage.getItem(kept_name);
  } catch {
    return given || null;
  }
}
