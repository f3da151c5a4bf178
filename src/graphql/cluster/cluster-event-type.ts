import {
  type ClusterEvent,
  clusterEventKinds,
  clusterEventNames,
  type EventSeverity,
} from '../../cluster/cluster-event.ts';
import type { Streamed } from '../../platform/bounded-stream.ts';
import { unhurried } from '../../platform/unhurried.ts';
import { builder } from '../builder.ts';
import { inTurn } from '../event-turn.ts';
import { withoutServer } from '../without-server.ts';

const eventName = builder.enumType('ClusterEventName', {
  description: 'Kinds of cluster events.',
  values: Object.fromEntries(
    clusterEventNames.map((name) => [name, { value: name, description: clusterEventKinds[name].description }]),
  ),
});

const severities = {
  info: { value: 'info', description: 'Normal operation, or a recovery.' },
  warn: { value: 'warn', description: 'Something failed or is missing; the rest works without it.' },
  error: { value: 'error', description: 'Something does not work, or needs an operator.' },
} as const satisfies Record<EventSeverity, { value: EventSeverity; description: string }>;

const severityType = builder.enumType('ClusterEventSeverity', {
  description: 'Severity of an event.',
  values: Object.fromEntries(Object.entries(severities).map(([name, value]) => [name.toUpperCase(), value])),
});

const eventFact = builder.objectRef<{ readonly name: string; readonly value: string }>('ClusterEventFact').implement({
  description: 'One detail of an event.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Key, such as `trouble`, `from` or `to`.' }),
    value: t.exposeString('value', { description: 'Value as text; several are separated by commas.' }),
  }),
});

const clusterEvent = builder.objectRef<Streamed<ClusterEvent>>('ClusterEvent').implement({
  description: 'A cluster event, as seen by this API process.',
  fields: (t) => ({
    name: t.field({ type: eventName, description: 'Kind of event.', resolve: ({ item }) => item.name }),
    severity: t.field({
      type: severityType,
      description: 'Severity of the event.',
      resolve: ({ item }) => clusterEventKinds[item.name].severity,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When this process noticed it.',
      resolve: ({ item }) => new Date(item.atMs),
    }),
    node: t.string({
      nullable: true,
      description: 'Name of the server concerned; null if the event concerns no particular server.',
      resolve: ({ item }) => item.node,
    }),
    description: t.string({
      description: 'The event as a sentence.',
      resolve: ({ item }) => clusterEventKinds[item.name].description,
    }),
    facts: t.field({
      type: [eventFact],
      description: 'Details, such as the reason. The keys depend on the event.',
      resolve: ({ item }) =>
        Object.entries(item.facts)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => ({ name, value: Array.isArray(value) ? value.join(', ') : String(value) })),
    }),
    missed: t.int({
      description: 'Number of events dropped before this one because the client read too slowly.',
      resolve: ({ missed }) => missed,
    }),
  }),
});

builder.subscriptionType({
  description: 'Live updates over server-sent events (`accept: text/event-stream`).',
});

builder.subscriptionField('clusterEvents', (t) =>
  t.field({
    type: clusterEvent,
    description: 'Cluster events from now on. Available even while no server answers.',
    args: {
      names: t.arg({ type: [eventName], description: 'Only events of these names.' }),
    },
    subscribe: (_, { names }, context) => inTurn(context.clusterEvents.open(names ?? null), context),
    resolve: (event) => event,
  }),
);

builder.queryField('clusterEventLog', (t) =>
  t.field({
    type: [clusterEvent],
    description: 'Cluster events as seen by this API process, newest first. The last 200 are kept.',
    args: { last: t.arg.int({ required: true, defaultValue: 50, description: 'Maximum number of events.' }) },
    extensions: withoutServer,
    resolve: (_, { last }, { clusterEvents, standBack }) =>
      unhurried(
        clusterEvents.last(last).map((item) => ({ item, missed: 0 })),
        standBack,
      ),
  }),
);
