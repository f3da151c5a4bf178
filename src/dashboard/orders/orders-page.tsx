import { FreshnessChip } from '../answers/freshness-chip.tsx';
import { useAnswer } from '../graphql/use-answer.ts';
import { EmptyState } from '../states/empty-state.tsx';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { orderPage } from './order-documents.ts';

const firstPage = { first: 20 };

export function OrdersPage() {
  const { data, facts, failure, refetch } = useAnswer(orderPage, firstPage);
  if (data === null) {
    return failure === null ? <LoadingState what="orders" /> : <ErrorState failure={failure} onRetry={refetch} />;
  }
  const { nodes } = data.orders;
  return (
    <>
      <header className="page-head">
        <h1>Orders</h1>
        {facts !== null && <FreshnessChip facts={facts} about="these orders" />}
      </header>
      {nodes.length === 0 ? (
        <EmptyState title="No orders yet" />
      ) : (
        <table className="orders">
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">Status</th>
              <th scope="col" className="amount">
                Total
              </th>
            </tr>
          </thead>
          <tbody>
            {nodes.map(({ id, number, status, total }) => (
              <tr key={id}>
                <th scope="row">{number}</th>
                <td>{status}</td>
                <td className="amount">
                  {total.amount} {total.currency}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
