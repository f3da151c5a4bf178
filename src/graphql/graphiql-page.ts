import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export type CompressedPage = { readonly gzipped: Buffer; readonly etag: string };

/** Shown to whoever opens GraphiQL for the first time. */
export const defaultQuery = `# Tidemark: every client reads its own writes.
#
# Two operations to try. Put the cursor into one and press Ctrl-Enter, or pick one beside the run button.
#
# 1. CreateOrder writes to the source. The answer carries a consistency token, and this page keeps it in a cookie.
# 2. NewestOrders reads from a replica that has that write, or goes to the source when none has it yet.
#    Look at "extensions.consistency" at the end of the answer: who served it, and why that was fresh enough.

mutation CreateOrder {
  createOrder(
    input: {
      userId: "1"
      currency: "EUR"
      items: [{ sku: "TIDE-1", name: "Tide table", quantity: 2, unitPrice: "9.90" }]
    }
  ) {
    __typename
    ... on CreateOrderPayload {
      order {
        id
        number
        total {
          amount
          currency
        }
      }
      consistencyToken
    }
    ... on UserError {
      code
      message
      path
    }
  }
}

query NewestOrders {
  orders(first: 5, orderBy: { field: CREATED_AT, direction: DESC }) {
    nodes {
      number
      status
      createdAt
    }
  }
}
`;

/** GraphiQL with everything it needs inside the page: it is large, so it is made when first asked for and kept compressed. */
export function createGraphiqlPage(): () => Promise<CompressedPage> {
  let page: Promise<CompressedPage> | null = null;
  const render = async (): Promise<CompressedPage> => {
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    const html = renderGraphiQL({ title: 'Tidemark', endpoint: 'graphql', credentials: 'include', defaultQuery });
    const gzipped = await promisify(gzip)(html);
    return { gzipped, etag: `"${createHash('sha256').update(gzipped).digest('base64url').slice(0, 22)}"` };
  };
  return () => {
    page ??= render().catch((error) => {
      page = null;
      throw error;
    });
    return page;
  };
}
