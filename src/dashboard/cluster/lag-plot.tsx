import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useZone } from '../shell/zone.ts';
import { timeLabels, timeRange } from './lag-axis.ts';
import type { LagHistory, LagUnit } from './lag-history.ts';
import { watchTheme } from './watch-theme.ts';

const heightPx = 180;
const lineColours = ['--accent', '--violet', '--calm', '--good'] as const;

/** The lines. The current values are in the text beside it, because screen readers cannot read a canvas. */
export function LagPlot({ history, unit }: { history: LagHistory; unit: LagUnit }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const zone = useZone();
  const names = history.lines.map(({ node }) => node).join(' ');

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsFor(element, names.split(' '), zone), [[]], element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    resized.observe(element);
    const stopWatching = watchTheme(() => made.redraw(false, true));
    return () => {
      stopWatching();
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, zone]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot needs its lines again
  useEffect(() => {
    const lines = history.lines.map((line) => [...line[unit]]);
    plot.current?.setData([[...history.timesS], ...lines] as uPlot.AlignedData);
  }, [history, unit, names, zone]);

  return <div ref={place} className="lag-plot" aria-hidden="true" />;
}

function optionsFor(element: HTMLElement, names: readonly string[], zone: string): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => colourOf(element, '--ink-soft'),
    grid: { stroke: () => colourOf(element, '--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: ({ data: [timesS] }) => timeRange(timesS) },
      y: { range: (_, __, max) => [0, Math.max(2, Math.ceil((max ?? 0) * 1.15))] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        gap: 9,
        space: 90,
        values: (_, timesS) => timeLabels(timesS, zone),
      },
      { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20_000, 100_000] },
    ],
    series: [
      {},
      ...names.map((label, index) => ({
        label,
        width: 1.75,
        points: { show: false },
        stroke: () => colourOf(element, lineColours[index % lineColours.length] ?? '--accent'),
      })),
    ],
  };
}

/** A canvas cannot read custom properties, so the computed value is read from an element that uses it. */
function colourOf(element: HTMLElement, property: string): string {
  element.style.color = `var(${property})`;
  return getComputedStyle(element).color;
}
