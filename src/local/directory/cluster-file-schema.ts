import { z } from 'zod';
import { flavourNames } from '../../servers/flavour-name.ts';
import { topologies } from '../server-flavour.ts';

const endpoint = z.object({ host: z.string(), port: z.number().int(), pid: z.number().int() });
const flavour = z.enum(flavourNames);
export const clusterFileSchema = z.object({
  id: z.string(),
  flavour,
  topology: z.enum(topologies).default('replication'),
  database: z.string(),
  nodes: z.array(
    endpoint.extend({
      name: z.string(),
      role: z.enum(['source', 'replica', 'backup']),
      flavour,
      version: z.string(),
      user: z.string(),
      dataDirectory: z.string(),
    }),
  ),
  redis: endpoint.nullable(),
  api: endpoint.nullable(),
  /** The payment provider that runs with the API. */
  paymentsUrl: z.string().nullish(),
});

/** Content of `<directory>/cluster.json`: which servers run, and where. No passwords. */
export type ClusterFile = z.infer<typeof clusterFileSchema>;

export type ApiEntry = z.infer<typeof endpoint>;
