/**
 * A replica counts filtered transactions as applied: its position includes what it does not have. A filter that cannot affect the tables
 * of this service is ignored; one that can, or that is unclear, is a problem.
 *
 * Databases are judged by the one that a table is in. A server that logs statements judges by the session's default database: this
 * service always uses its own.
 */
import { type ClusterSnapshot, lastSource, writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import { listOf, matchesAllTablesOf, matchesTableOf, namesTableOf, rewritesSchema } from './filter-text.ts';
import type { ProblemRule } from './problem-rule.ts';
import { type FollowedChannel, seenChannels, variableOf } from './seen-settings.ts';

/** Whether the filter can affect tables of this service. `given` is the option's text. */
type Touches = (given: string, schema: string, followed: FollowedChannel, source: NodeStatus | undefined) => boolean;

const touches: Readonly<Record<string, Touches>> = {
  Replicate_Do_DB: (given, schema) => !listOf(given).includes(schema.toLowerCase()),
  Replicate_Ignore_DB: (given, schema) => listOf(given).includes(schema.toLowerCase()),
  // Tables that are not listed, today's or future ones, are left out.
  Replicate_Do_Table: () => true,
  Replicate_Ignore_Table: (given, schema) => namesTableOf(schema, given),
  Replicate_Wild_Do_Table: (given, schema) => !matchesAllTablesOf(schema, given),
  Replicate_Wild_Ignore_Table: (given, schema) => matchesTableOf(schema, given),
  Replicate_Rewrite_DB: (given, schema) => rewritesSchema(schema, given),
  Replicate_Ignore_Server_Ids: (given, _, { status }, source) => {
    const own = variableOf(status, 'server_id');
    const writers = source === undefined ? undefined : writersOf(source);
    return listOf(given).some((id) => id !== own && (writers === undefined || writers.includes(id)));
  },
  Replicate_Do_Domain_Ids: (given, _, __, source) => {
    const domains = source === undefined ? undefined : domainsOf(source);
    return domains === undefined || domains.some((domain) => !listOf(given).includes(domain));
  },
  Replicate_Ignore_Domain_Ids: (given, _, __, source) => {
    const domains = source === undefined ? undefined : domainsOf(source);
    return domains === undefined || domains.some((domain) => listOf(given).includes(domain));
  },
};

export const replicationFiltersRule: ProblemRule = (snapshot) => {
  const source = sourceOf(snapshot);
  return seenChannels(snapshot).flatMap((followed) => {
    const schema = followed.status.report?.settings?.schema ?? '';
    return Object.entries(followed.channel.filters)
      .filter(([option, given]) => touches[option]?.(given, schema, followed, source) ?? true)
      .map(([option, given]) => filteredBy(followed, option, given));
  });
};

function sourceOf(snapshot: ClusterSnapshot): NodeStatus | undefined {
  const source = writableSource(snapshot) ?? lastSource(snapshot);
  return source?.report == null ? undefined : source;
}

/** Servers whose transactions come from the source: its own, and those that its log still distinguishes. */
function writersOf(source: NodeStatus): readonly string[] | undefined {
  const own = variableOf(source, 'server_id');
  return own === undefined ? undefined : [own, ...Object.keys(source.report?.logged ?? {})];
}

/** Domains of what the source has written, and of what it writes next. */
function domainsOf(source: NodeStatus): readonly string[] | undefined {
  const next = variableOf(source, 'gtid_domain_id');
  const position = source.report?.position;
  if (next === undefined || position === undefined) return undefined;
  return [next, ...position.parts().map(({ stream }) => stream)];
}

function filteredBy({ status, channel }: FollowedChannel, option: string, given: string): Problem {
  const { node, report } = status;
  const { name } = node;
  return {
    code: 'REPLICATION_FILTERED',
    node: name,
    message: `${name} filters some writes of its source and counts them as applied, so reads that must see a certain write are not sent there; what it has filtered must be copied again`,
    variable: option,
    value: given,
    cure: report?.terms.withoutFilter(channel.name, option) ?? null,
  };
}
