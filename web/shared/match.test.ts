import assert from 'node:assert/strict';
import { test } from 'node:test';
import { match } from './match.ts';

test('an address belongs to the page whose pattern it fits from end to end', () => {
  assert.deepEqual(match('/h/:hospitalId/s/:sessionId', '/h/1/s/2'), {
    hospitalId: '1',
    sessionId: '2',
  });
  assert.deepEqual(match('/visits', '/visits/'), {});
  assert.deepEqual(match('/', '/'), {});
  assert.equal(match('/visits', '/visits/1'), null);
  assert.equal(match('/visits/:appointmentId', '/visits'), null);
  assert.equal(match('/draws/:drawId/enter', '/draws/1/other'), null);
});

test('what stands in an address is read as it was meant, and a broken address breaks nothing', () => {
  assert.deepEqual(match('/report/:receipt', '/report/%E5%8F%B7'), { receipt: '号' });
  assert.deepEqual(match('/report/:receipt', '/report/%E5'), { receipt: '%E5' });
});
