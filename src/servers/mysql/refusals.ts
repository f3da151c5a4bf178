export const refusals: readonly string[] = ['read_only', 'super_read_only', 'innodb_read_only', 'offline_mode'];
