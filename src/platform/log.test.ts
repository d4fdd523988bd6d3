import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import pg from 'pg';
import { pino } from 'pino';
import { loggedError, loggerOptions, redacted } from './log.ts';

function written(line: object): string {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  pino(loggerOptions('info'), sink).info(line, 'a line');
  return text;
}

test('every field of the redaction list is redacted wherever it stands', () => {
  for (const field of redacted) {
    for (const line of [
      { [field]: '110105194912310021' },
      { body: { [field]: '110105194912310021' } },
      { req: { body: { [field]: '110105194912310021' } } },
    ])
      assert.doesNotMatch(
        written(line),
        /110105194912310021/,
        `${field} in ${JSON.stringify(line)}`,
      );
  }
});

test('a database error is logged without the value it quotes', () => {
  const error = new pg.DatabaseError('invalid input syntax for type uuid: "张三"', 10, 'error');
  error.code = '22P02';
  const line = written({ err: error });
  assert.doesNotMatch(line, /张三/);
  assert.match(line, /22P02/);
});

test('another error keeps its message and the places in the code', () => {
  const logged = loggedError(new TypeError('x is not a function'));
  assert.equal(logged.message, 'x is not a function');
  assert.match(logged.stack, /log\.test\.ts/);
});
