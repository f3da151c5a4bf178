import { encodeBase64 } from '@pothos/core';
import { idIn } from '../../orders/order-rules.ts';

/** The order that an opaque id names; `null` for any other id or text. */
export function orderIdOf(globalId: string): bigint | null {
  if (globalId.length > 64) return null;
  const [type, key, ...rest] = Buffer.from(globalId, 'base64').toString('latin1').split(':');
  if (type !== 'Order' || key === undefined || rest.length > 0) return null;
  if (encodeBase64(`Order:${key}`) !== globalId) return null;
  return idIn(key);
}
