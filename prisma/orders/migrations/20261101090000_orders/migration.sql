-- Numbers, skus and keys compare byte by byte: "a-1" and "A-1" are two orders.
CREATE TABLE `orders` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
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
  UNIQUE KEY `orders_number_key` (`number`),
  KEY `orders_created_idx` (`created_at`, `id`),
  KEY `orders_updated_idx` (`updated_at`, `id`),
  KEY `orders_total_idx` (`total`, `id`),
  KEY `orders_currency_total_idx` (`currency`, `total`, `id`),
  KEY `orders_user_created_idx` (`user_id`, `created_at`, `id`),
  KEY `orders_status_created_idx` (`status`, `created_at`, `id`),
  KEY `orders_charge_created_idx` (`charge`, `created_at`, `id`),
  KEY `orders_processed_created_idx` (`processed_at`, `created_at`, `id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- An item has no life of its own: its key is its line in the order, so an order's items lie side by side.
CREATE TABLE `order_items` (
  `order_id` BIGINT UNSIGNED NOT NULL,
  `line` SMALLINT UNSIGNED NOT NULL,
  `sku` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `name` VARCHAR(200) NOT NULL,
  `quantity` INT UNSIGNED NOT NULL,
  `unit_price` DECIMAL(12, 2) NOT NULL,
  PRIMARY KEY (`order_id`, `line`),
  CONSTRAINT `order_items_order_fk` FOREIGN KEY (`order_id`) REFERENCES `orders` (`id`) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE TABLE `idempotency_keys` (
  `operation` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `key` VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `input_hash` CHAR(64) NOT NULL,
  `result` LONGTEXT NOT NULL,
  `position` TEXT NULL,
  `issued_at_ms` BIGINT NULL,
  `position_attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`operation`, `key`),
  KEY `idempotency_keys_created_idx` (`created_at`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
