/** What was thrown, as text: anything may be thrown. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
