import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, the longest first. Begun first, none of them runs alone in the end. */
const longest = [
  'integration/client-carriers',
  'integration/installed-package',
  'integration/documented-commands',
  'integration/own-slowness',
  'browser/order-list',
  'browser/cluster-and-lab',
  'integration/positions-tracking',
  'integration/local-start',
  'integration/local-cluster',
  'integration/replication-group',
  'integration/jobs',
  'integration/backup-commands',
  'integration/starting-with-servers-missing',
  'browser/orders',
  'integration/missing-write-rights',
  'browser/silent-api',
  'integration/tls',
  'integration/restored-source',
  'integration/source-without-log',
  'integration/stuck-member',
  'integration/skipped-events',
  'integration/http-process',
  'consistency/consistency',
  'integration/unable-servers',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return (await super.sort(files)).sort((a, b) => group(a) - group(b) || rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? longest.length : place;
}
