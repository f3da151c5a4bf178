import type { GraphQLSchema, OperationTypeNode } from 'graphql';

/** Extensions of a root field that is answered from memory or Redis. Other fields are routed to a server. */
export const withoutServer = { withoutServer: true } as const;

/** False also for a field that does not exist: executing the operation reports that. */
export function isWithoutServer(schema: GraphQLSchema, operation: OperationTypeNode, field: string): boolean {
  return schema.getRootType(operation)?.getFields()[field]?.extensions.withoutServer === true;
}
