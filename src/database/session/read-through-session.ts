import { Prisma } from '@prisma/client/extension';
import { currentReader } from './current-session.ts';

type ModelMethods = Readonly<Record<string, Readonly<Record<string, (args: unknown) => Promise<unknown>>>>>;
type ClientMethods = Readonly<Record<string, (args: unknown) => Promise<unknown>>>;

/**
 * A Prisma client extension for the one client that stands for all replicas: each read runs on the node that the router
 * chose for the current session, never on the client that was extended.
 */
export const healthGating = Prisma.defineExtension({
  name: 'tidemark-health-gating',
  query: {
    $allOperations: ({ model, operation, args }) =>
      currentReader().read((client) => {
        // Prisma types models one by one; by name they are all alike.
        const run =
          model === undefined ? (client as ClientMethods)[operation] : (client as ModelMethods)[model]?.[operation];
        if (run === undefined) throw new Error(`The Prisma client has no ${model ?? 'client'}.${operation}`);
        return run(args);
      }),
  },
});
