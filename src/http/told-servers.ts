/**
 * Who may know the names of servers. In production only clients on this machine, and a request proves little about that: one from
 * a loopback address may be a stranger's, forwarded by a local proxy that does not say for whom, and its headers are written by proxy
 * and stranger. So the operator's word counts: if TRUST_PROXY expects a proxy on this machine, a loopback address is the proxy's, and
 * names are hidden from all.
 */
import type { IncomingMessage } from 'node:http';
import { type AddressList, parseAddressList } from '../platform/address-list.ts';
import { hostJudge, hostsOf } from './known-host.ts';
import type { Reach } from './reach.ts';

export type TellingRules = Pick<Reach, 'allowedHosts' | 'publicUrl' | 'trustedProxies' | 'production'> & {
  readonly host: string;
};

const loopback = parseAddressList(['loopback']) as AddressList;
/** Headers that no local client sends: a proxy has forwarded the request. */
const handedOn = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'] as const;

export function tellsServers(rules: TellingRules): (request: IncomingMessage) => boolean {
  const judgeHost = hostJudge(rules);
  const proxies = parseAddressList(rules.trustedProxies) ?? loopback;
  return ({ rawHeaders, headers, socket: { remoteAddress = '' } }) =>
    judgeHost(hostsOf(rawHeaders)) === 'known' &&
    (!rules.production ||
      (loopback.has(remoteAddress) &&
        !proxies.has(remoteAddress) &&
        handedOn.every((name) => headers[name] === undefined)));
}
