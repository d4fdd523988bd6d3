import type { Queryable } from './db.ts';
import { sql } from './sql.ts';

/**
 * The schema of a database as readable SQL, read from pg_catalog in a fixed order, so that two
 * databases with the same schema give the same text. Row order, owners and comments are left out.
 */
export async function dumpSchema(db: Queryable): Promise<string> {
  const schemas = await db.many<{ name: string }>(sql`
    select nspname as name from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`);
  const parts: string[] = [];
  for (const { name } of schemas) parts.push(await dumpOne(db, name));
  return `${parts.join('\n\n')}\n`;
}

async function dumpOne(db: Queryable, schema: string): Promise<string> {
  const parts = [`-- schema ${schema}`];
  for (const read of [types, sequences, tables, views, indexes, functions, triggers])
    parts.push(...(await read(db, schema)));
  return parts.join('\n\n');
}

type Line = { line: string };

const lines = (rows: Line[]): string[] => rows.map((row) => row.line);

async function types(db: Queryable, schema: string): Promise<string[]> {
  return lines(
    await db.many<Line>(sql`
      select format('create type %I.%I as enum (%s);', ${schema}::text, t.typname,
        string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)) as line
      from pg_type t join pg_enum e on e.enumtypid = t.oid
      where t.typnamespace = to_regnamespace(${schema}) group by t.typname order by t.typname`),
  );
}

async function sequences(db: Queryable, schema: string): Promise<string[]> {
  // Those of identity columns are told with their column.
  return lines(
    await db.many<Line>(sql`
      select format('create sequence %I.%I;', ${schema}::text, c.relname) as line from pg_class c
      where c.relkind = 'S' and c.relnamespace = to_regnamespace(${schema})
        and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))
      order by c.relname`),
  );
}

async function tables(db: Queryable, schema: string): Promise<string[]> {
  const rows = await db.many<{ name: string; body: string; tail: string }>(sql`
    select c.relname as name,
      concat_ws(E',\n',
        (select string_agg('  ' || concat_ws(' ', quote_ident(a.attname),
            format_type(a.atttypid, a.atttypmod),
            case when a.attnotnull then 'not null' end,
            case when a.attidentity <> '' then 'generated ' ||
              case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' end,
            case when a.attgenerated <> '' then 'generated always as (' ||
                pg_get_expr(d.adbin, d.adrelid) || ') ' ||
                case a.attgenerated when 's' then 'stored' else 'virtual' end
              when d.adbin is not null then 'default ' || pg_get_expr(d.adbin, d.adrelid) end),
            E',\n' order by a.attnum)
          from pg_attribute a left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
        (select string_agg(format('  constraint %I %s', k.conname, pg_get_constraintdef(k.oid)),
            E',\n' order by k.contype, k.conname)
          from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n')) as body,
      concat_ws(' ', case when c.relkind = 'p' then 'partition by ' || pg_get_partkeydef(c.oid) end,
        case when c.reloptions is not null
          then 'with (' || array_to_string(c.reloptions, ', ') || ')' end) as tail
    from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = to_regnamespace(${schema})
    order by c.relname`);
  return rows.map(
    ({ name, body, tail }) =>
      `create table ${schema}.${name} (\n${body}\n)${tail === '' ? '' : ` ${tail}`};`,
  );
}

async function views(db: Queryable, schema: string): Promise<string[]> {
  return lines(
    await db.many<Line>(sql`
      select format(E'create %sview %I.%I as\n%s', case c.relkind when 'm' then 'materialized ' end,
        ${schema}::text, c.relname, pg_get_viewdef(c.oid)) as line
      from pg_class c where c.relkind in ('v', 'm') and c.relnamespace = to_regnamespace(${schema})
      order by c.relname`),
  );
}

/** Indexes that no constraint brings with it. */
async function indexes(db: Queryable, schema: string): Promise<string[]> {
  return lines(
    await db.many<Line>(sql`
      select pg_get_indexdef(i.indexrelid) || ';' as line from pg_index i
      join pg_class c on c.oid = i.indexrelid
      where c.relnamespace = to_regnamespace(${schema})
        and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid
          and k.contype in ('p', 'u', 'x'))
      order by 1`),
  );
}

async function functions(db: Queryable, schema: string): Promise<string[]> {
  return lines(
    await db.many<Line>(sql`
      select trim(pg_get_functiondef(p.oid)) || ';' as line from pg_proc p
      where p.pronamespace = to_regnamespace(${schema}) and p.prokind in ('f', 'p')
        and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      order by p.proname, p.oid::regprocedure::text`),
  );
}

async function triggers(db: Queryable, schema: string): Promise<string[]> {
  return lines(
    await db.many<Line>(sql`
      select pg_get_triggerdef(t.oid) || ';' as line from pg_trigger t
      join pg_class c on c.oid = t.tgrelid
      where not t.tgisinternal and c.relnamespace = to_regnamespace(${schema})
      order by c.relname, t.tgname`),
  );
}
