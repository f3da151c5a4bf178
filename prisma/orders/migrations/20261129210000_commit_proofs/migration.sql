-- One row for each connection that writes, changed by each of its transactions: tells whether one was committed whose answer
-- was lost. Nobody reads it before that.
CREATE TABLE `commit_proofs` (
  `writer` BIGINT UNSIGNED NOT NULL,
  `number` BIGINT UNSIGNED NOT NULL,
  `written_at` DATETIME NOT NULL,
  PRIMARY KEY (`writer`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
