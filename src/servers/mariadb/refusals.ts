/** What keeps a reader of a storage that several servers share from writing is innodb_read_only alone. */
export const refusals: readonly string[] = ['read_only', 'innodb_read_only'];
