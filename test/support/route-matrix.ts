import { can, roles } from '../../src/identity/index.ts';
import type { Route } from './app.ts';

/** Who may call one route: a permission's name and the kinds of caller it lets in. */
export type RouteAccess = { permission: string; allowed: string[] };

/** Callers without a staff role; every other caller of the matrix is a role. */
export const plainCallers = ['anonymous', 'account'] as const;

/** The matrix as it stands: route → permission → who is let in. */
export function routeMatrix(routes: readonly Route[]): Record<string, RouteAccess> {
  return Object.fromEntries(
    routes.map(({ method, url, permission }) => [
      `${method} ${url}`,
      { permission, allowed: allowedBy(permission) },
    ]),
  );
}

function allowedBy(permission: string): string[] {
  if (permission === 'public') return [...plainCallers, ...roles];
  if (permission === 'account') return ['account'];
  if (permission === 'signed-in') return ['account', ...roles];
  return roles.filter((role) => can([role], permission));
}
