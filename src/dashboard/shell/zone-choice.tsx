import { chooseZone, localZone, useZone } from './zone.ts';

/** Names the page's time zone, and offers the other one. */
export function ZoneChoice() {
  const zone = useZone();
  const zones = [...new Set([localZone, 'UTC', zone])];
  return (
    <label className="theme-choice">
      <span className="unseen">Time zone</span>
      <select value={zone} title={`All times are in ${zone}`} onChange={({ target }) => chooseZone(target.value)}>
        {zones.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}
