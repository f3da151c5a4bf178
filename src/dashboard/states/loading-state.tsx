/** Something is on its way for the first time. */
export function LoadingState({ what }: { what: string }) {
  return (
    <div className="state state-loading" role="status">
      <p>Loading {what}…</p>
    </div>
  );
}
