const query = '{ cluster { nodes { name state trouble } } }';

/** What an API process says of a server that is not well; `null` when it calls it healthy, or does not answer. */
export async function troubleOf(url: string, name: string): Promise<string | null> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) }).catch(() => null);
  const answer = (await response?.json()) as
    | { data?: { cluster: { nodes: { name: string; state: string; trouble: string | null }[] } } }
    | undefined;
  return answer?.data?.cluster.nodes.find((node) => node.name === name && node.state !== 'HEALTHY')?.trouble ?? null;
}
