import { createRequire } from 'node:module';
import type { App } from '../../src/platform/http.ts';

type Compiled = ((data: unknown) => unknown) & { errors?: unknown };
type Compile = (what: { schema: object }) => Compiled;
type Factory = (...settings: unknown[]) => Compile;

/** Fastify's own compilers, the very ones it uses when nothing is said. */
const ofFastify = createRequire(import.meta.resolve('fastify'));
const validators: Factory = ofFastify('@fastify/ajv-compiler')();
const serializers: Factory = ofFastify('@fastify/fast-json-stringify-compiler')();

/**
 * Compiles a schema when the first request needs it, and once for all apps of this process. An app
 * has several hundred and compiles them all before its first reply, which takes longer than most
 * tests. That every one of them compiles is what the test of the route matrix shows.
 */
export function compileOnUse(app: App): void {
  app.setSchemaController({
    compilersFactory: {
      buildValidator: onUse(validators, validatorsMade),
      buildSerializer: onUse(serializers, serializersMade),
    },
  } as Parameters<App['setSchemaController']>[0]);
}

const validatorsMade = new WeakMap<object, Compiled>();
const serializersMade = new WeakMap<object, Compiled>();

function onUse(factory: Factory, made: WeakMap<object, Compiled>): Factory {
  return (...settings) => {
    let compile: Compile | undefined;
    return (what) => {
      const use: Compiled = (data) => {
        let compiled = made.get(what.schema);
        if (!compiled) {
          compiled = (compile ??= factory(...settings))(what);
          made.set(what.schema, compiled);
        }
        const result = compiled(data);
        use.errors = compiled.errors;
        return result;
      };
      return use;
    };
  };
}
