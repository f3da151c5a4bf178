/** A process that starts a cluster in the given directory, says so, and waits to be killed. */
import { startLocalCluster } from '../../src/local/local-cluster.ts';
import { binariesDirectory, testFlavour } from './test-cluster.ts';

const [directory = ''] = process.argv.slice(2);
await startLocalCluster({ directory, binariesDirectory, flavour: testFlavour(), replicas: 1, log: () => {} });
process.stdout.write('started\n');
