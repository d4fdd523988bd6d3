/** A statement with its values; only `sql` makes one, so values never become part of the text. */
export type Sql = { readonly text: string; readonly values: unknown[]; readonly name?: string };

/** Literal SQL with bound values: sql`select … where id = ${id}`. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  let text = strings[0] ?? '';
  for (let at = 1; at < strings.length; at++) text += `$${at}${strings[at]}`;
  return { text, values };
}

/** The same statement, prepared once a connection under a name: for hot paths. */
export function prepared(name: string, statement: Sql): Sql {
  return { ...statement, name };
}
