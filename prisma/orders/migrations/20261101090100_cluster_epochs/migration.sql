-- One row per history that this cluster has lived through. Each promotion adds one and says where the old one ended.
CREATE TABLE `cluster_epochs` (
  `epoch` INT UNSIGNED NOT NULL,
  `source_id` VARCHAR(64) NULL,
  `end_of_previous` TEXT NULL,
  `started_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`epoch`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

INSERT INTO `cluster_epochs` (`epoch`) VALUES (1);
