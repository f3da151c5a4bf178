import type { Streamed } from '../../platform/bounded-stream.ts';
import { unhurried } from '../../platform/unhurried.ts';
import { routeReasons } from '../../routing/route-decision.ts';
import type { RoutedOperation, RoutingLogFilter } from '../../routing/routing-log.ts';
import { builder } from '../builder.ts';
import { roleType } from '../cluster/cluster-type.ts';
import { levelType } from '../consistency/level-type.ts';
import { inTurn } from '../event-turn.ts';
import { withoutServer } from '../without-server.ts';

const maxAtOnce = 1000;
const listed = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');

const operationKinds = builder.enumType('OperationKind', {
  description: 'Kind of operation.',
  values: {
    QUERY: { value: 'query', description: 'A read, on any server.' },
    MUTATION: { value: 'mutation', description: 'A write, on the source.' },
  },
});

const routedOperation = builder.objectRef<Streamed<RoutedOperation>>('RoutedOperation').implement({
  description: 'An operation that needed a server: which one served it, and why that was fresh enough.',
  fields: (t) => ({
    sequence: t.int({
      description: 'Sequence number within this API process.',
      resolve: ({ item }) => item.sequence,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When the operation was answered.',
      resolve: ({ item }) => new Date(item.atMs),
    }),
    kind: t.field({
      type: operationKinds,
      description: 'Whether it reads or writes.',
      resolve: ({ item }) => (item.operation.type === 'mutation' ? 'mutation' : 'query'),
    }),
    name: t.string({
      nullable: true,
      description: 'Name given by the client. Null if it has none.',
      resolve: ({ item }) => item.operation.name,
    }),
    node: t.string({
      nullable: true,
      description: 'Name of the server that served it. Null if none was chosen, which is an error.',
      resolve: ({ item }) => item.decision?.node ?? null,
    }),
    role: t.field({
      type: roleType,
      nullable: true,
      description: 'Role of that server.',
      resolve: ({ item }) => item.decision?.role ?? null,
    }),
    reason: t.string({
      nullable: true,
      description: `Why this server was chosen: ${listed(Object.keys(routeReasons))}.`,
      resolve: ({ item }) => item.decision?.reason ?? null,
    }),
    level: t.field({ type: levelType, description: 'Required freshness.', resolve: ({ item }) => item.level }),
    required: t.string({
      nullable: true,
      description: 'The position that a replica had to include, shortened. Null if none was required.',
      resolve: ({ item }) => item.required && shortened(item.required.line()),
    }),
    waitedMs: t.int({
      description: 'Milliseconds spent waiting for a replica.',
      resolve: ({ item }) => Math.round(item.decision?.waitedMs ?? 0),
    }),
    tookMs: t.int({
      description: 'Milliseconds from arrival to answer.',
      resolve: ({ item }) => Math.round(item.tookMs),
    }),
    errorCode: t.string({
      nullable: true,
      description: 'Code of the first error in the answer. Null if there was none.',
      resolve: ({ item }) => item.errorCode,
    }),
    missed: t.int({
      description:
        'In a subscription: number of operations dropped before this one because the client read too slowly.',
      resolve: ({ missed }) => missed,
    }),
  }),
});

const filterType = builder.inputType('RoutingLogFilter', {
  description: 'Filter of operations. All given conditions must hold.',
  fields: (t) => ({
    node: t.string({ description: 'Was served by the server of this name.' }),
    role: t.field({ type: roleType, description: 'Was served by a server of this role.' }),
    reasons: t.stringList({ description: 'Was routed for one of these reasons. An empty list matches nothing.' }),
    level: t.field({ type: levelType, description: 'Required this level.' }),
    kind: t.field({ type: operationKinds, description: 'Reads, or writes.' }),
    name: t.string({ description: 'Has this in its name. Case-insensitive.' }),
    failed: t.boolean({ description: 'True: failed. False: succeeded.' }),
    minWaitedMs: t.int({ description: 'Waited at least this many milliseconds for a replica.' }),
  }),
});

builder.queryField('routingLog', (t) =>
  t.field({
    type: [routedOperation],
    nullable: true,
    description:
      'The last operations that this API process routed, newest first. Available even while no server answers. ' +
      'Null if the log is disabled.',
    args: {
      filter: t.arg({ type: filterType, description: 'Filter. Without it, all operations.' }),
      last: t.arg.int({ required: true, defaultValue: 100, description: `Maximum number, 0 to ${maxAtOnce}.` }),
    },
    extensions: withoutServer,
    resolve: (_, { filter, last }, { routingLog, standBack }) => {
      if (routingLog === null) return null;
      const count = Math.min(Math.max(last, 0), maxAtOnce);
      const routed = routingLog.last(count, filterOf(filter)).map((item) => ({ item, missed: 0 }));
      return unhurried(routed, standBack);
    },
  }),
);

builder.subscriptionField('routingLogged', (t) =>
  t.field({
    type: routedOperation,
    description: 'Operations as this API process routes them. Ends at once if the log is disabled.',
    args: { filter: t.arg({ type: filterType, description: 'Filter. Without it, all operations.' }) },
    subscribe: (_, { filter }, context) =>
      inTurn(context.routingLog?.open(filterOf(filter), context.client) ?? nothing(), context),
    resolve: (routed) => routed,
  }),
);

type Given<T> = { readonly [Key in keyof T]?: T[Key] | null | undefined };

/** GraphQL sends `null` for omitted arguments. */
function filterOf(given: Given<RoutingLogFilter> | null | undefined): RoutingLogFilter {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== null));
}

async function* nothing(): AsyncGenerator<Streamed<RoutedOperation>> {}

const shownCharacters = 48;

/** Keeps the end of a position, which is the part that changes. */
function shortened(text: string): string {
  return text.length <= shownCharacters ? text : `…${text.slice(-shownCharacters)}`;
}
