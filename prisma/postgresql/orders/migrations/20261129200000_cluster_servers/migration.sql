-- Which cluster each server belongs to, as its processes have seen: a server that replicates has the rows of its source.
-- A copy of the data on other servers has the rows, too, but none that names its own: so it is another cluster.
CREATE TABLE cluster_servers (
  server VARCHAR(191) COLLATE "C" NOT NULL,
  cluster VARCHAR(24) COLLATE "C" NOT NULL,
  seen_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT cluster_servers_pkey PRIMARY KEY (server)
);
