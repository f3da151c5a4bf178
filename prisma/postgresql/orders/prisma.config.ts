import { defineConfig } from 'prisma/config';

// Generating needs no database. `prisma migrate deploy`, where Prisma's engine can be had, works on the one that MIGRATION_URL names.
const url = process.env.MIGRATION_URL;

export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  ...(url && { datasource: { url } }),
});
