/** Progress of a long operation as text: `12000 of 20000 (60 %), 4100 a second, 2 s left`. */
export function progressInWords(done: number, of: number, elapsedMs: number): string {
  const percent = of === 0 ? 100 : Math.floor((done / of) * 100);
  const perSecond = elapsedMs <= 0 ? 0 : (done / elapsedMs) * 1000;
  const pace = perSecond === 0 ? [] : [`${Math.round(perSecond)} a second`];
  const left = perSecond === 0 || done >= of ? [] : [`${Math.ceil((of - done) / perSecond)} s left`];
  return [`${done} of ${of} (${percent} %)`, ...pace, ...left].join(', ');
}
