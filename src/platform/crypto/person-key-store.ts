export type StoredKey = { person_id: string; sealed_key: Uint8Array };

/** Where the persons' sealed keys are kept: apart from the database, so that no backup of it has them. */
export type PersonKeyStore = {
  /** Durable when it returns. A person who has a key keeps it. */
  add(keys: readonly (StoredKey & { created_at: Date })[]): void;
  read(person_ids: readonly string[]): Map<string, Uint8Array>;
  /** Puts other bytes in place of keys that are there. */
  replace(keys: readonly StoredKey[]): Promise<void>;
  /** Overwrites and forgets; durable when it resolves. */
  remove(person_ids: readonly string[]): Promise<void>;
  /** Ids in ascending order after `after`, at most `limit`; with `before`, only keys made earlier. */
  page(after: string, limit: number, before?: Date): Promise<string[]>;
  /**
   * Makes today's copy and deletes copies older than `days`. A key that was destroyed is therefore
   * gone from every copy after so many days.
   */
  copy(at: Date, days: number): Promise<void>;
  close(): void;
};

/** Keys that last as long as the process: for tests and tools that register nobody. */
export function memoryKeys(): PersonKeyStore {
  const keys = new Map<string, { sealed_key: Uint8Array; created_at: Date }>();
  return {
    add: (rows) => {
      for (const { person_id, sealed_key, created_at } of rows)
        if (!keys.has(person_id)) keys.set(person_id, { sealed_key, created_at });
    },
    read: (ids) =>
      new Map(
        ids.flatMap((id) => {
          const known = keys.get(id);
          return known ? [[id, known.sealed_key] as const] : [];
        }),
      ),
    replace: async (rows) => {
      for (const { person_id, sealed_key } of rows) {
        const known = keys.get(person_id);
        if (known) known.sealed_key = sealed_key;
      }
    },
    remove: async (ids) => {
      for (const id of ids) keys.delete(id);
    },
    page: async (after, limit, before) =>
      [...keys]
        .filter(([id, key]) => id > after && (!before || key.created_at < before))
        .map(([id]) => id)
        .toSorted()
        .slice(0, limit),
    copy: async () => undefined,
    close: () => keys.clear(),
  };
}
