import type { GraphQLSchema, OperationTypeNode } from 'graphql';

/** Extensions of a root field that is answered from what this process knows, or Redis. Without them it is routed to a server. */
export const withoutServer = { withoutServer: true } as const;

/** False also of a field that there is none of: executing the operation will say so. */
export function isWithoutServer(schema: GraphQLSchema, operation: OperationTypeNode, field: string): boolean {
  return schema.getRootType(operation)?.getFields()[field]?.extensions.withoutServer === true;
}
