-- The mirrored tables as the orders database has them, but for what depends on the order in which records arrive: numbers
-- are handed out by the source alone, two records may swap a unique value, and an item may be written before its order.
CREATE TABLE `orders` (
  `id` BIGINT UNSIGNED NOT NULL,
  `number` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `user_id` BIGINT UNSIGNED NOT NULL,
  `status` ENUM('PENDING', 'PAID', 'SHIPPED', 'COMPLETED', 'CANCELLED', 'REFUNDED') NOT NULL DEFAULT 'PENDING',
  `total` DECIMAL(12, 2) NOT NULL,
  `currency` CHAR(3) NOT NULL,
  `charge` DECIMAL(12, 2) NULL,
  `processed_at` DATETIME(3) NULL,
  `version` INT UNSIGNED NOT NULL DEFAULT 1,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `updated_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`id`),
  KEY `orders_number_idx` (`number`),
  KEY `orders_created_idx` (`created_at`, `id`),
  KEY `orders_updated_idx` (`updated_at`, `id`),
  KEY `orders_total_idx` (`total`, `id`),
  KEY `orders_currency_total_idx` (`currency`, `total`, `id`),
  KEY `orders_user_created_idx` (`user_id`, `created_at`, `id`),
  KEY `orders_status_created_idx` (`status`, `created_at`, `id`),
  KEY `orders_charge_created_idx` (`charge`, `created_at`, `id`),
  KEY `orders_processed_created_idx` (`processed_at`, `created_at`, `id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `order_items` (
  `order_id` BIGINT UNSIGNED NOT NULL,
  `line` SMALLINT UNSIGNED NOT NULL,
  `sku` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `name` VARCHAR(200) NOT NULL,
  `quantity` INT UNSIGNED NOT NULL,
  `unit_price` DECIMAL(12, 2) NOT NULL,
  PRIMARY KEY (`order_id`, `line`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- One row per record that was applied, written before the record itself: its lock lets one worker at a time apply a record.
CREATE TABLE `mirror_checkpoints` (
  `model` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `record_key` VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `epoch` INT UNSIGNED NOT NULL,
  `outbox_id` BIGINT UNSIGNED NOT NULL,
  `applied_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`model`, `record_key`),
  KEY `mirror_checkpoints_applied_idx` (`applied_at`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The histories of the source that records were applied from. What comes from an older one than the last is refused. What
-- was applied from an older one since recheck_from may not have survived the promotion, and is read again.
CREATE TABLE `mirror_epochs` (
  `epoch` INT UNSIGNED NOT NULL,
  `entered_at` DATETIME(3) NOT NULL,
  `recheck_from` DATETIME(3) NULL,
  PRIMARY KEY (`epoch`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
