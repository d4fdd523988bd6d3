import { useEffect } from 'react';

/**
 * Asks again when a person comes back to the page: from another tab, from the lock screen, or by the
 * back button, which can show a page as it stood an hour ago.
 */
export function useFreshOnReturn(reload: () => void): void {
  useEffect(() => {
    const back = (): void => {
      if (!document.hidden) reload();
    };
    const shown = (event: PageTransitionEvent): void => {
      if (event.persisted) reload();
    };
    document.addEventListener('visibilitychange', back);
    window.addEventListener('focus', back);
    window.addEventListener('online', back);
    window.addEventListener('pageshow', shown);
    return () => {
      document.removeEventListener('visibilitychange', back);
      window.removeEventListener('focus', back);
      window.removeEventListener('online', back);
      window.removeEventListener('pageshow', shown);
    };
  }, [reload]);
}
