const nodes = '{ cluster { nodes { name state trouble } } }';
const events = '{ clusterEventLog(last: 1000) { at name node } }';

type Told = { readonly at: string; readonly name: string; readonly node: string | null };
type Answers = {
  readonly cluster: { readonly nodes: readonly { name: string; state: string; trouble: string | null }[] };
  readonly clusterEventLog: readonly Told[];
};

/** What an API process says of a server that is not well; `null` when it calls it healthy, or does not answer. */
export async function troubleOf(url: string, name: string): Promise<string | null> {
  const answer = await asked(url, nodes).catch(() => null);
  return answer?.cluster.nodes.find((node) => node.name === name && node.state !== 'HEALTHY')?.trouble ?? null;
}

/** All that it has told of the cluster and still knows of. Rejects when it does not answer. */
export async function toldByApi(url: string): Promise<readonly Told[]> {
  return (await asked(url, events)).clusterEventLog;
}

async function asked(url: string, query: string): Promise<Answers> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = (await response.json()) as { data?: Answers; errors?: unknown };
  if (data == null) throw new Error(`no answer to ${query}: ${JSON.stringify(errors)}`);
  return data;
}
