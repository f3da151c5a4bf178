-- Which cluster each server belongs to, as its processes have seen: a server that replicates has the rows of its source.
-- A copy of the data on other servers has the rows, too, but none that names its own: so it is another cluster.
CREATE TABLE `cluster_servers` (
  `server` VARCHAR(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `cluster` CHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `seen_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`server`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
