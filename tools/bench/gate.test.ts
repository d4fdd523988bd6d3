import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchGate } from './gate.ts';
import { BenchError } from './section.ts';

test('people with tickets take no memory of the server, and a watermark reaches all who listen', async () => {
  const cases = [];
  for await (const one of benchGate(['--tickets', '50000', '--streams', '200'])) cases.push(one);
  const [tickets, streams] = cases;
  assert.ok(Number(tickets?.figures.heap_grown_mib) <= 1, JSON.stringify(tickets?.figures));
  assert.ok(Number(tickets?.figures.count_error) < 0.02);
  assert.equal(streams?.figures.streams, 200);
  assert.ok(Number(streams?.figures.fan_out_ms) > 0);
});

test('a number that is none is refused before anything is measured', async () => {
  await assert.rejects(benchGate(['--tickets', 'many']).next(), BenchError);
});
