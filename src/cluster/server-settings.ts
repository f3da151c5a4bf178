/** How a server is set up, as far as what is promised depends on it: by the server's own names, in its own words. */
export type ServerSettings = {
  /** A variable that the server does not have, or does not tell, is absent: nothing is known of it. */
  readonly variables: Readonly<Record<string, string>>;
};
