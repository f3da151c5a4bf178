import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export type CompressedPage = { readonly gzipped: Buffer; readonly etag: string };

/** Shown on the first visit to GraphiQL. */
export const defaultQuery = `# Tidemark: every client reads its own writes.
#
# Two operations to try: put the cursor into one and
# press Ctrl-Enter.
#
# 1. CreateOrder writes to the source. The answer brings a
#    consistency token, which this page keeps in a cookie.
# 2. NewestOrders reads from a replica that has your
#    write, or goes to the source if none has it yet.
#
# "extensions.consistency" at the end of each answer says
# which server it came from, and why.
#
# Headers to try, in the tab below:
#   { "x-consistency-level": "strong" }
#   { "x-consistency-when-behind": "bypass" }

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

/** Adds the theme chosen on the orders page, and a link back to it. */
function asOurs(html: string): string {
  const theme = `<script>try {
    const theme = localStorage.getItem('tidemark-theme');
    if (theme === 'light' || theme === 'dark') localStorage.setItem('graphiql:theme', theme);
  } catch {}</script>`;
  const back = `<a href="./" style="position: fixed; right: 12px; bottom: 8px; z-index: 10; padding: 4px 8px;
    border-radius: 6px; background: #0b6870; color: #fff; font: 13px system-ui, sans-serif; text-decoration: none">Orders page</a>`;
  return html.replace('<div id="root"></div>', `${theme}${back}<div id="root"></div>`);
}

/** GraphiQL with all assets inlined: large, so it is built on first use and kept compressed. */
export function createGraphiqlPage(): () => Promise<CompressedPage> {
  let page: Promise<CompressedPage> | null = null;
  const render = async (): Promise<CompressedPage> => {
    const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
    const html = asOurs(
      renderGraphiQL({ title: 'Tidemark', endpoint: 'graphql', credentials: 'include', defaultQuery }),
    );
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
