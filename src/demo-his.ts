import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { createHisClient, hisSchedules, startHis, type HisJob } from './his/index.ts';
import { projectFolder } from './platform/project.ts';
import { getSessions, listHospitals } from './schedule/index.ts';

/** How many of ten numbers the demo's HIS entrusts to the platform; it sells the others itself. */
const entrusted_of_ten = 6;

/**
 * The demo's second clinic of its kind: a simulated hospital system runs beside the server as a
 * process of its own, keeps the numbers of the sessions it masters, sells at its own window, and
 * entrusts a part of them to us.
 */
export async function startDemoHis(
  ctx: Context,
  onError: (error: unknown) => void,
): Promise<HisJob & { base_url: string }> {
  const secret = Buffer.from(ctx.secrets.key('his link'));
  const { base_url, end } = await runSimulator(ctx, secret.toString('hex'));
  const hospital = (await listHospitals(ctx)).find((one) => one.code === 'demo');
  if (!hospital) throw new Error('the demo hospital is missing');
  await ctx.outbox.drain();
  const schedules = await hisSchedules(ctx, hospital.id);
  const ids = new Map(schedules.map((one) => [one.session_id, one.schedule_id]));
  for (const { id, numbers } of await getSessions(ctx, [...ids.keys()])) {
    const schedule_id = ids.get(id);
    const tell = (path: string, body: object): Promise<Response> =>
      fetch(`${base_url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const opened = await tell('/window/schedules', { schedule_id, numbers: String(numbers) });
    // A schedule the HIS knows from before keeps what it sold and entrusted.
    if (!opened.ok) continue;
    const part = Math.floor((numbers * entrusted_of_ten) / 10);
    await tell('/window/entrust', { schedule_id, numbers: String(part) });
  }
  const client = createHisClient({ ...ctx, base_url, secret });
  const job = startHis(ctx, [{ hospital_id: hospital.id, client }], onError);
  return {
    base_url,
    stop: async () => {
      await job.stop();
      await end();
    },
  };
}

async function runSimulator(
  ctx: Context,
  secret: string,
): Promise<{ base_url: string; end(): Promise<void> }> {
  const child = spawn(
    process.execPath,
    [
      join(projectFolder, 'src/his/simulator-cli.ts'),
      ...['--port', '0', '--secret', secret, '--until-stdin-ends'],
      ...['--file', join(ctx.config.data_dir, 'demo-his.json')],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const base_url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      const found = /listens on (http:\/\/\S+?)\.\n/.exec(said);
      if (found?.[1]) resolve(found[1]);
    });
    void ended.then(() => reject(new Error('the simulated HIS ended before it was ready')));
  });
  return {
    base_url,
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
