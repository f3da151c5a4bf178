-- One row for each connection that writes, changed by each of its transactions: tells whether one was committed whose answer
-- was lost. Nobody reads it before that. Numbers are unsigned and have 64 bits, which no integer type here has. Each page keeps
-- room for new versions of its rows, so that a change touches no index.
CREATE TABLE commit_proofs (
  writer NUMERIC(20) NOT NULL,
  number NUMERIC(20) NOT NULL,
  written_at TIMESTAMPTZ(0) NOT NULL,
  CONSTRAINT commit_proofs_pkey PRIMARY KEY (writer)
) WITH (fillfactor = 50);
