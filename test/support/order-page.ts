import { type ApiAnswer, type Asking, ask, type TestApi } from './in-process-api.ts';

/** What the order page asks for. */
export const orderPage = `{
  orders(first: 20) {
    nodes { id number userId status total { amount currency } charge { amount } processedAt version createdAt updatedAt items { sku quantity unitPrice } }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
  orderCounts { pending missingCharge missingProcessedAt total }
}`;

/** As `/metrics` tells it, all series together that have these labels; 0 while there is none. */
export async function metric(api: TestApi, name: string, ...labels: readonly string[]): Promise<number> {
  const response = await fetch(api.url.replace(/\/graphql$/, '/metrics'));
  const lines = (await response.text()).split('\n');
  const fitting = lines.filter(
    (line) => /^\w+/.exec(line)?.[0] === name && labels.every((label) => line.includes(label)),
  );
  return fitting.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** One client: it carries what it was told last. */
export class PageReader {
  token: string | null = null;
  hits = 0;
  answers = 0;

  async ask(api: TestApi, query: string, { headers = {}, ...asking }: Asking = {}): Promise<ApiAnswer> {
    const carried = this.token === null ? {} : { 'x-consistency-token': this.token };
    const answer = await ask(api, query, { ...asking, headers: { ...carried, ...headers } });
    if (answer.token !== null) this.token = answer.token;
    this.answers += 1;
    if (answer.consistency?.reason === 'cache-hit') this.hits += 1;
    return answer;
  }
}
