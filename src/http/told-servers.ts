/**
 * Who is told the names of servers. In production people at this machine only, and a request says little of who that is: one that
 * comes from a loopback address may be a stranger's, handed on by a proxy at this machine that does not say for whom, and its headers
 * are whatever proxy and stranger write. What counts is what the operator says of proxies: where TRUST_PROXY expects one at this
 * machine, a loopback address is the proxy's, and nobody is told.
 */
import type { IncomingMessage } from 'node:http';
import { type AddressList, addressListOf } from '../platform/address-list.ts';
import { hostJudge, hostsOf } from './known-host.ts';
import type { Reach } from './reach.ts';

export type TellingRules = Pick<Reach, 'allowedHosts' | 'publicUrl' | 'trustedProxies' | 'production'> & {
  readonly host: string;
};

const loopback = addressListOf(['loopback']) as AddressList;
/** Nobody at this machine sends them: a proxy has handed the request on. */
const handedOn = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'] as const;

export function tellsServers(rules: TellingRules): (request: IncomingMessage) => boolean {
  const judgeHost = hostJudge(rules);
  const proxies = addressListOf(rules.trustedProxies) ?? loopback;
  return ({ rawHeaders, headers, socket: { remoteAddress = '' } }) =>
    judgeHost(hostsOf(rawHeaders)) === 'known' &&
    (!rules.production ||
      (loopback.has(remoteAddress) &&
        !proxies.has(remoteAddress) &&
        handedOn.every((name) => headers[name] === undefined)));
}
