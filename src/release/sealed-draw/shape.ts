import { isHex } from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import { say } from './sentence.ts';

// A small vocabulary for exact shapes: every field present, none besides, plain values only.

/** Reads an unknown value as T, or throws DrawError 'shape' naming the place. */
export type Shape<T> = (value: unknown, at: string) => T;

/** The type a shape reads. */
export type Infer<S> = S extends Shape<infer T> ? T : never;

const ID = /^[A-Za-z0-9._-]{1,64}$/;

function refuse(at: string, zh: string, wanted: string): never {
  throw new DrawError('shape', say(`${at} 应当是${zh}。`, `${at} must be ${wanted}.`));
}

/** Exactly these fields. */
export function object<F extends Record<string, Shape<unknown>>>(
  fields: F,
): Shape<{ [K in keyof F]: Infer<F[K]> }> {
  const names = Object.keys(fields);
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuse(at, '一个对象', 'an object');
    }
    const given = value as Record<string, unknown>;
    const odd = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
    if (odd !== undefined)
      return refuse(at, `没有多余字段“${odd}”的`, `without the unknown field "${odd}"`);
    const read: Record<string, unknown> = {};
    for (const name of names) {
      if (!Object.hasOwn(given, name))
        return refuse(at, `完整的，现在缺“${name}”`, `complete; "${name}" is missing`);
      read[name] = (fields[name] as Shape<unknown>)(given[name], `${at}.${name}`);
    }
    return read as { [K in keyof F]: Infer<F[K]> };
  };
}

/** A list of items of one shape. */
export function list<T>(item: Shape<T>): Shape<T[]> {
  return (value, at) =>
    Array.isArray(value)
      ? value.map((one: unknown, i) => item(one, `${at}[${i}]`))
      : refuse(at, '一个列表', 'a list');
}

/** One of fixed strings. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Shape<T> {
  return (value, at) =>
    allowed.find((one) => one === value) ??
    refuse(at, ` ${allowed.join('、')} 之一`, `one of ${allowed.join(', ')}`);
}

/** The shape, or null. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, at) => (value === null ? null : shape(value, at));
}

/** An integer from `least` to 2^53 − 1. */
export function integer(least: number): Shape<number> {
  return (value, at) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? value
      : refuse(at, `不小于 ${least} 的整数`, `an integer of at least ${least}`);
}

/** Lower-case hex of so many bytes. */
export function hex(byteLength: number): Shape<string> {
  return (value, at) =>
    isHex(value, byteLength)
      ? value
      : refuse(at, ` ${byteLength} 字节的小写十六进制`, `${byteLength} bytes in lower-case hex`);
}

/** An id as the specification spells ids. */
export const id: Shape<string> = (value, at) =>
  typeof value === 'string' && ID.test(value)
    ? value
    : refuse(at, '编号（A–Z a–z 0–9 . _ -）', 'an id of A–Z a–z 0–9 . _ -');

/** Any text. */
export const text: Shape<string> = (value, at) =>
  typeof value === 'string' ? value : refuse(at, '文字', 'a text');
