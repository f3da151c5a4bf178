-- The mirrored tables as the orders database has them, but for what depends on the order in which records arrive: numbers
-- are handed out by the source alone, two records may swap a unique value, and an item may be written before its order.
CREATE TYPE order_status AS ENUM ('PENDING', 'PAID', 'SHIPPED', 'COMPLETED', 'CANCELLED', 'REFUNDED');

CREATE TABLE orders (
  id BIGINT NOT NULL,
  number VARCHAR(32) COLLATE "C" NOT NULL,
  user_id BIGINT NOT NULL,
  status order_status NOT NULL DEFAULT 'PENDING',
  total DECIMAL(12, 2) NOT NULL,
  currency VARCHAR(3) COLLATE "C" NOT NULL,
  charge DECIMAL(12, 2) NULL,
  processed_at TIMESTAMPTZ(3) NULL,
  version INTEGER NOT NULL DEFAULT 1,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT orders_pkey PRIMARY KEY (id)
);
CREATE INDEX orders_number_idx ON orders (number);
CREATE INDEX orders_created_idx ON orders (created_at, id);
CREATE INDEX orders_updated_idx ON orders (updated_at, id);
CREATE INDEX orders_total_idx ON orders (total, id);
CREATE INDEX orders_currency_total_idx ON orders (currency, total, id);
CREATE INDEX orders_user_created_idx ON orders (user_id, created_at, id);
CREATE INDEX orders_status_created_idx ON orders (status, created_at, id);
CREATE INDEX orders_charge_created_idx ON orders (charge, created_at, id);
CREATE INDEX orders_processed_created_idx ON orders (processed_at, created_at, id);

CREATE TABLE order_items (
  order_id BIGINT NOT NULL,
  line SMALLINT NOT NULL,
  sku VARCHAR(64) COLLATE "C" NOT NULL,
  name VARCHAR(200) NOT NULL,
  quantity INTEGER NOT NULL,
  unit_price DECIMAL(12, 2) NOT NULL,
  CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line)
);

-- One row per record that was applied, written before the record itself: its lock lets one worker at a time apply a record.
CREATE TABLE mirror_checkpoints (
  model VARCHAR(64) COLLATE "C" NOT NULL,
  record_key VARCHAR(191) COLLATE "C" NOT NULL,
  epoch INTEGER NOT NULL,
  outbox_id BIGINT NOT NULL,
  applied_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT mirror_checkpoints_pkey PRIMARY KEY (model, record_key)
);
CREATE INDEX mirror_checkpoints_applied_idx ON mirror_checkpoints (applied_at);

-- The histories of the source that records were applied from. What comes from an older one than the last is refused. What
-- was applied from an older one since recheck_from may not have survived the promotion, and is read again.
CREATE TABLE mirror_epochs (
  epoch INTEGER NOT NULL,
  entered_at TIMESTAMPTZ(3) NOT NULL,
  recheck_from TIMESTAMPTZ(3) NULL,
  CONSTRAINT mirror_epochs_pkey PRIMARY KEY (epoch)
);
