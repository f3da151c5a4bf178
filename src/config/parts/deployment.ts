import { z } from 'zod';
import { type Facts, part } from '../part.ts';
import { oneOf, text } from '../values.ts';
import { variable } from '../variable.ts';

const clusterName = z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, - or _');

/** The deployment that this process belongs to. It is read first: other parts depend on it. */
export const deployment = part('Deployment', {
  environment: variable('NODE_ENV', oneOf('development', 'production', 'test'), {
    default: 'development',
    about: '`development`, `production` or `test`.',
  }),
  clusterId: variable('CLUSTER_ID', clusterName, {
    default: 'orders',
    about: 'Bound into every token: the API processes of one cluster share it, other clusters use another one.',
  }),
  directory: variable('TIDEMARK_DIRECTORY', text, {
    default: '.tidemark',
    about: 'Where the local cluster keeps its data.',
  }),
});

/** For the part that needs none. */
export const noFacts: Facts = { environment: 'production', clusterId: '', isLocal: false, makeSecret: () => '' };
