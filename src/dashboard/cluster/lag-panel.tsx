import { useState } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { LagHistory, LagLine, LagUnit } from './lag-history.ts';
import { LagPlot } from './lag-plot.tsx';

/** The lag of each replica over the last minutes. */
export function LagPanel({ history, silent }: { history: LagHistory; silent: boolean }) {
  const [unit, setUnit] = useState<LagUnit>('seconds');
  return (
    <section className="panel" aria-labelledby="lag-title">
      <header className="panel-head">
        <h2 id="lag-title">Replication lag</h2>
        <span className="spring" />
        <ToggleButtonGroup
          className="segments"
          aria-label="Unit of the lag"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[unit]}
          onSelectionChange={(keys) => setUnit(keys.has('seconds') ? 'seconds' : 'transactions')}
        >
          <ToggleButton className="segment" id="seconds">
            Seconds
          </ToggleButton>
          <ToggleButton className="segment" id="transactions">
            Transactions
          </ToggleButton>
        </ToggleButtonGroup>
      </header>
      {history.lines.length === 0 ? (
        <p className="soft">No replica has been seen yet.</p>
      ) : (
        <>
          <LagPlot history={history} unit={unit} />
          <ul className="legend">
            {history.lines.map((line, index) => (
              <li key={line.node} data-line={index % 4}>
                <span className="series-mark" aria-hidden="true" />
                {line.node}: <b>{silent ? 'not known' : latest(line, unit)}</b>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function latest(line: LagLine, unit: LagUnit): string {
  const value = line[unit].at(-1) ?? null;
  if (value === null) return 'not known';
  return unit === 'seconds' ? `${value} s` : `${value} transactions`;
}
