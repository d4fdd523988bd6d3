import { parseArgs } from 'node:util';
import { readLimits, readRules, reckon, replay, ReplayError } from './replay/index.ts';

const usage = `npm run replay -- FILE [--limit session-day=1] [--rules PRESET [--dry]] [--data DIR]

Carries a public data set of appointments (CSV, or a zip with one) through the product's own booking
verbs in a fresh database. FILE has the columns PatientId, AppointmentID, ScheduledDay,
AppointmentDay, Age, Neighbourhood and No-show. --data keeps the database in DIR. --rules puts a preset
of booking rules in force and tells whom it refused, by rule and age group, and whom its ladders would
have restricted; with --dry the same is only reckoned, without a database.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      limit: { type: 'string', multiple: true, default: [] },
      data: { type: 'string' },
      rules: { type: 'string' },
      dry: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const [file] = positionals;
  if (values.help || file === undefined || positionals.length > 1) {
    console.error(usage);
    process.exit(values.help ? 0 : 2);
  }
  const rules = values.rules === undefined ? undefined : readRules(values.rules);
  const options = {
    file,
    limits: readLimits(values.limit),
    ...(rules === undefined ? {} : { rules }),
    ...(values.data === undefined ? {} : { data_dir: values.data }),
    tell: (line: string) => console.error(line),
  };
  const report = values.dry && rules ? await reckon(file, rules) : await replay(options);
  console.log(JSON.stringify(report));
} catch (error) {
  const known = error instanceof ReplayError || (error as { code?: string }).code !== undefined;
  console.error(known ? (error as Error).message : error);
  process.exitCode = 1;
}
