import { parseArgs } from 'node:util';
import { systemClock } from '../platform/clock.ts';
import { createHisSimulator } from './simulator.ts';

/**
 * Runs the simulated HIS on loopback:
 * node src/his/simulator-cli.ts --port 8090 --secret <hex> [--file stock.json] [--until-stdin-ends]
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8090' },
    secret: { type: 'string' },
    file: { type: 'string' },
    // A child of the demo server ends with it, even when that was killed.
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});
const secret = Buffer.from(values.secret ?? '', 'hex');
if (secret.length < 32) {
  process.stderr.write('Give --secret with at least 64 hex digits, the same as on the platform.\n');
  process.exit(2);
}
const { app } = createHisSimulator({
  secret,
  clock: systemClock,
  ...(values.file === undefined ? {} : { file: values.file }),
});
const address = await app.listen({ host: '127.0.0.1', port: Number(values.port) });
process.stdout.write(`The simulated HIS listens on ${address}.\n`);
if (values['until-stdin-ends']) {
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}
