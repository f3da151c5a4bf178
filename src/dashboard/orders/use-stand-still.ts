import { type PointerEvent, useEffect, useRef, useState } from 'react';

/** Long enough to return to a row that was left by accident. */
const afterLeavingMs = 600;
/** A lifted finger points at nothing, but a user who has just tapped a row may be about to tap the next one. */
const afterTouchMs = 4000;

/** Whether the pointer is on an element. The keyboard does not need this: it acts on the focused element, wherever that moves. */
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
    /** Releases everything now; the rows stand still again when the pointer moves over them anew. */
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
