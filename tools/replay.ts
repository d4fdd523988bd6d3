import { parseArgs } from 'node:util';
import { readLimits, replay, ReplayError } from './replay/index.ts';

const usage = `npm run replay -- FILE [--limit session-day=1] [--data DIR]

Carries a public data set of appointments (CSV, or a zip with one) through the product's own booking
verbs in a fresh database. FILE has the columns PatientId, AppointmentID, ScheduledDay,
AppointmentDay, Age, Neighbourhood and No-show. --data keeps the database in DIR.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      limit: { type: 'string', multiple: true, default: [] },
      data: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [file] = positionals;
  if (values.help || file === undefined || positionals.length > 1) {
    console.error(usage);
    process.exit(values.help ? 0 : 2);
  }
  const report = await replay({
    file,
    limits: readLimits(values.limit),
    ...(values.data === undefined ? {} : { data_dir: values.data }),
    tell: (line) => console.error(line),
  });
  console.log(JSON.stringify(report));
} catch (error) {
  const known = error instanceof ReplayError || (error as { code?: string }).code !== undefined;
  console.error(known ? (error as Error).message : error);
  process.exitCode = 1;
}
