/** The maximum of GraphQL's Int: 2^31 - 1. */
export function asInt(value: number | null): number | null {
  return value === null ? null : Math.min(value, 2 ** 31 - 1);
}
