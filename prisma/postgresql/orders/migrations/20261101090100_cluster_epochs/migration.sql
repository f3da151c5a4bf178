-- One row per history that this cluster has lived through. Each promotion adds one and says where the old one ended.
CREATE TABLE cluster_epochs (
  epoch INTEGER NOT NULL,
  source_id VARCHAR(64) NULL,
  end_of_previous TEXT NULL,
  started_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT cluster_epochs_pkey PRIMARY KEY (epoch)
);

INSERT INTO cluster_epochs (epoch) VALUES (1);
