import { createSequencer, databaseSource, examineLog } from '../../src/evidence/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { FieldCrypto } from '../../src/platform/crypto/index.ts';
import type { Db } from '../../src/platform/db.ts';
import type { Random } from '../../src/platform/random.ts';
import type { Secrets } from '../../src/platform/secrets.ts';
import { sql } from '../../src/platform/sql.ts';
import type { Finding } from './finding.ts';

export type LogContext = {
  db: Db;
  clock: Clock;
  random: Random;
  secrets: Secrets;
  fields: FieldCrypto;
};

/**
 * Lets the sequencer finish, as it does in a running server, and checks the log as `log:verify` does:
 * every event has its one leaf, in the order of its subject's versions, under what is signed.
 */
export async function sweepLog(ctx: LogContext): Promise<{ findings: Finding[]; leaves: number }> {
  await createSequencer(ctx).drain();
  const vkey = await databaseSource(ctx.db).vkey();
  if (vkey === undefined)
    return { findings: [{ kind: 'log', sentence: 'the log has not begun' }], leaves: 0 };
  const { findings, leaves, events } = await examineLog({ db: ctx.db, fields: ctx.fields, vkey });
  const found = findings.map(({ code, sentence }): Finding => {
    if (code === 'leaf-missing') return { kind: 'event-without-leaf', sentence };
    // Versions of a subject with a hole: something changed and told nobody.
    if (code === 'version-gap') return { kind: 'change-without-event', sentence };
    return { kind: 'log', sentence: `${code}: ${sentence}` };
  });
  const left = (events?.pending ?? 0) + (events?.waiting ?? 0);
  if (left > 0 && found.length === 0)
    found.push({ kind: 'event-without-leaf', sentence: `${left} events never reached the log` });
  found.push(...(await leavesTwice(ctx.db)));
  return { findings: found, leaves };
}

/** A constraint forbids it; who sweeps does not trust constraints. */
function leavesTwice(db: Db): Promise<Finding[]> {
  return db.many<Finding>(sql`
    select 'log' as kind, 'event ' || event_id || ' has ' || count(*) || ' leaves' as sentence
    from evidence.leaf group by event_id having count(*) > 1`);
}
