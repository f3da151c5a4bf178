import { z } from 'zod';
import { type Facts, part } from '../part.ts';
import { oneOf, text } from '../values.ts';
import { variable } from '../variable.ts';

const clusterName = z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, - or _');

/** What this process is part of. It is read first: what it says are the facts for all other parts. */
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

/** For the part that asks for none. */
export const noFacts: Facts = { environment: 'production', clusterId: '', isLocal: false, makeSecret: () => '' };
