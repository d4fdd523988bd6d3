import swagger from '@fastify/swagger';
import type { App } from './http.ts';

/** Collects every route's schema and serves the document at /openapi.json. */
export async function registerOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '正号 Zhenghao',
        version: '1',
        description:
          'Fair hospital appointments. Errors are RFC 9457 problems; their codes are listed at /docs/errors. ' +
          'Writes carry an Idempotency-Key header; the same key gives the same answer.',
      },
    },
  });
  app.get('/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, () =>
    app.swagger(),
  );
}
