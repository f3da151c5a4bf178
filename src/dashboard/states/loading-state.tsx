/** Shown while the first answer is on its way. */
export function LoadingState({ what }: { what: string }) {
  return (
    <div className="state state-loading" role="status">
      <p>Loading {what}…</p>
    </div>
  );
}
