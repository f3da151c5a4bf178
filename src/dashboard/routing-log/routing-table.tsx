import { memo } from 'react';
import { durationInWords } from '../answers/age-words.ts';
import { reasonInFull, reasonInShort } from '../answers/reason-words.ts';
import { useZone } from '../shell/zone.ts';
import { exactClockInWords } from '../shell/zoned-time.ts';
import type { RoutedOperation } from './routing-documents.ts';

const titles = ['Time', 'Operation', 'Server', 'Why', 'Level', 'Required position'] as const;
const roleHues: Readonly<Record<string, string>> = { SOURCE: 'warn', REPLICA: 'calm', BACKUP: 'violet', CACHE: 'good' };

/** A row for each operation, newest first; on a narrow screen a card. */
export function RoutingTable({ operations }: { operations: readonly RoutedOperation[] }) {
  return (
    <div className="panel">
      <table className="rows cards-when-narrow routing-rows">
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <th scope="col" className="figures">
              Waited
            </th>
            <th scope="col" className="figures">
              Took
            </th>
            <th scope="col">Error</th>
          </tr>
        </thead>
        <tbody>
          {operations.map((operation) => (
            <Row key={`${operation.sequence} ${operation.at}`} operation={operation} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Row = memo(function Row({ operation }: { operation: RoutedOperation }) {
  const { at, kind, name, node, role, reason, level, required, waitedMs, tookMs, errorCode } = operation;
  const zone = useZone();
  const fromCache = reason === 'cache-hit';
  return (
    <tr data-failed={errorCode !== null}>
      <td className="time">
        <time dateTime={at} title={at}>
          {exactClockInWords(Date.parse(at), zone)}
        </time>
      </td>
      <th scope="row">
        {name ?? 'unnamed'} <span className="soft">{kind === 'MUTATION' ? 'write' : 'read'}</span>
      </th>
      <td data-label="Server">
        {node === null ? (
          'none'
        ) : (
          <span className="tag" data-hue={roleHues[fromCache ? 'CACHE' : (role ?? '')] ?? 'none'}>
            {fromCache ? `cache of ${node}` : node}
          </span>
        )}
      </td>
      <td data-label="Why" title={reason === null ? undefined : reasonInFull(reason)}>
        {reason === null ? '–' : reasonInShort(reason)}
      </td>
      <td data-label="Level">{level.toLowerCase()}</td>
      <td data-label="Required position" className="position">
        {required === null ? '–' : <code>{required}</code>}
      </td>
      <td data-label="Waited" className="figures">
        {waitedMs === 0 ? '–' : durationInWords(waitedMs)}
      </td>
      <td data-label="Took" className="figures">
        {durationInWords(tookMs)}
      </td>
      <td data-label="Error">{errorCode === null ? '–' : <code className="error-code">{errorCode}</code>}</td>
    </tr>
  );
});
