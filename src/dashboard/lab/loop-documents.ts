/** The queries of the loop as text, since they do not use the page's client. */
const order = 'id version';
const refusals = '... on UserError { code message }';

export const create = `mutation LabCreate($key: String!) {
  createOrder(input: { userId: "1", currency: "EUR", idempotencyKey: $key,
    items: [{ sku: "LAB", name: "Write and read again", quantity: 1, unitPrice: "1.00" }] }) {
    ... on CreateOrderPayload { order { ${order} } } ${refusals} } }`;
export const update = `mutation LabWrite($id: ID!, $version: Int!, $charge: Decimal!) {
  updateOrder(input: { id: $id, expectedVersion: $version, charge: $charge }) {
    ... on UpdateOrderPayload { order { ${order} } } ${refusals} } }`;
export const remove = `mutation LabDelete($id: ID!, $version: Int!) {
  deleteOrder(input: { id: $id, expectedVersion: $version }) { ... on DeleteOrderPayload { deletedOrderId } ${refusals} } }`;
export const read = `query LabRead($id: ID!) { order(by: { id: $id }) { ${order} } }`;
