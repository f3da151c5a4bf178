-- One row says that a record of a mirrored model changed, not how: whoever takes the row reads the record as it is by then.
-- Written in the transaction of the change, deleted when the backup has it.
CREATE TABLE `outbox` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `model` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `record_key` VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `due_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `claimed_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `parked_at` DATETIME(3) NULL,
  `reason` VARCHAR(500) NULL,
  PRIMARY KEY (`id`),
  KEY `outbox_parked_idx` (`parked_at`, `id`),
  KEY `outbox_record_idx` (`model`, `record_key`, `id`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
