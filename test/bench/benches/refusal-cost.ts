/** Bodies of every bad shape, one after the other: processor time of the API until each is refused, and how long the refusal is. */
import type { Bench } from '../bench.ts';
import { cpuSeconds } from '../cpu-time.ts';
import { finding } from '../finding.ts';
import { hostileBodies, refusalCodeOf } from '../hostile-bodies.ts';
import { HttpConnection, requestOf } from '../http-connection.ts';
import { assertAnswered, listOrderIds, readRequest } from '../order-operations.ts';
import { rounded } from '../statistics.ts';

/** Of each body; the costliest time counts. */
const times = 5;
const warmUp = 2000;

export const refusalCost: Bench = {
  name: 'refusal-cost',
  title: 'processor time and length of the answer until a body of any bad shape is refused, the worst of all shapes',

  async measure({ laboratory, random }) {
    const api = await laboratory.freshApi('cached');
    const connection = await HttpConnection.open(api.url);
    try {
      // What a process that has just started compiles is no cost of a body.
      const ids = await listOrderIds(connection, 100);
      for (let count = 0; count < warmUp; count += 1) {
        assertAnswered(await connection.send(readRequest(random.pick(ids) ?? '', {})));
      }
      const measured: { name: string; cpuMs: number; bytes: number }[] = [];
      for (const { name, body, code } of hostileBodies) {
        let worst = { cpuMs: 0, bytes: 0 };
        for (let time = 0; time < times; time += 1) {
          const before = await cpuSeconds(api.pid);
          const answer = await connection.send(requestOf(Buffer.from(body), {}));
          const cpuMs = 1000 * ((await cpuSeconds(api.pid)) - before);
          const given = refusalCodeOf(answer.body.toString());
          if (given !== code) throw new Error(`${name}: ${given} instead of ${code}`);
          worst = { cpuMs: Math.max(worst.cpuMs, cpuMs), bytes: Math.max(worst.bytes, answer.body.length) };
        }
        measured.push({ name, cpuMs: rounded(worst.cpuMs), bytes: worst.bytes });
      }
      measured.sort((a, b) => b.cpuMs - a.cpuMs);
      return {
        findings: [
          finding('worst processor time', measured[0]?.cpuMs ?? 0, 'ms', { atMost: 250 }),
          finding('longest answer', Math.max(...measured.map(({ bytes }) => bytes)) / 1000, 'kB', { atMost: 64 }),
        ],
        details: { bodies: measured.length, worst: measured.slice(0, 10) },
      };
    } finally {
      connection.close();
      await api.stop();
    }
  },
};
