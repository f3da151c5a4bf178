import { type PointerEvent, useEffect, useRef, useState } from 'react';

/** Long enough to come back to a row that was left by accident. */
const afterLeavingMs = 600;
/** A finger that is lifted points at nothing: somebody who has just touched a row may be about to touch the next one. */
const afterTouchMs = 4000;

/** Whether somebody points at a place of the page. Keys need no stillness: they go to what has the focus, wherever it moves. */
export function useStandStill() {
  const [still, setStill] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const hold = () => {
    clearTimeout(timer.current);
    setStill(true);
  };
  const releaseAfter = (ms: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setStill(false), ms);
  };
  return {
    still,
    /** Lets everything move now; it stands still again when somebody points at it anew. */
    release: () => {
      clearTimeout(timer.current);
      setStill(false);
    },
    handlers: {
      onPointerMove: ({ pointerType }: PointerEvent) => pointerType !== 'touch' && hold(),
      onPointerLeave: ({ pointerType }: PointerEvent) => pointerType !== 'touch' && releaseAfter(afterLeavingMs),
      onPointerDown: ({ pointerType }: PointerEvent) => {
        hold();
        if (pointerType === 'touch') releaseAfter(afterTouchMs);
      },
    },
  } as const;
}
