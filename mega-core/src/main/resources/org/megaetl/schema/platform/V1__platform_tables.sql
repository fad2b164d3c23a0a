-- Times are UTC. Every statement can be repeated: DDL is not transactional, so a script
-- that was interrupted is run again from its beginning.
-- Names come from configuration and are compared as they are written: utf8mb4_bin. What
-- comes from a source is VARBINARY, UTF-8, since every utf8mb4 collation that MySQL,
-- MariaDB and TiDB share takes 'a' and 'a ' for the same.

CREATE TABLE IF NOT EXISTS mega_checkpoint (
	`namespace` VARCHAR(63) NOT NULL,
	`pipeline` VARCHAR(127) NOT NULL,
	`position_key` VARBINARY(1020) NOT NULL,
	`position` VARCHAR(255),
	`token` BINARY(16),
	`epoch` BIGINT NOT NULL DEFAULT 0 COMMENT 'how often it was claimed',
	`updated_at` DATETIME(3) NOT NULL,
	PRIMARY KEY (`namespace`, `pipeline`, `position_key`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS mega_inbox (
	`namespace` VARCHAR(63) NOT NULL,
	`pipeline` VARCHAR(127) NOT NULL,
	`event_key` BINARY(32) NOT NULL COMMENT 'SHA-256 of the event''s id',
	`body_hash` BINARY(32) NOT NULL COMMENT 'SHA-256 of the payload',
	`token` BINARY(16) NOT NULL,
	`created_at` DATETIME(3) NOT NULL,
	PRIMARY KEY (`namespace`, `pipeline`, `event_key`),
	KEY mega_inbox_created_at (`namespace`, `pipeline`, `created_at`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS mega_dead_letter (
	`id` BIGINT NOT NULL AUTO_INCREMENT,
	`namespace` VARCHAR(63) NOT NULL,
	`pipeline` VARCHAR(127) NOT NULL,
	`position_key` VARBINARY(1020),
	`position` VARCHAR(255),
	`event_id` MEDIUMTEXT,
	`event_key` MEDIUMTEXT,
	`event_timestamp` DATETIME(3),
	`headers` MEDIUMTEXT COMMENT 'JSON',
	`payload_length` BIGINT NOT NULL,
	`payload_sha256` BINARY(32) NOT NULL,
	`payload_stored` BOOLEAN NOT NULL,
	`reason` VARCHAR(63) NOT NULL,
	`message` VARCHAR(2000),
	`sql_state` CHAR(5),
	`vendor_code` INT,
	`attempts` INT NOT NULL,
	`first_failed_at` DATETIME(3) NOT NULL,
	`last_failed_at` DATETIME(3) NOT NULL,
	`token` BINARY(16) COMMENT 'of the statement that stored it',
	`relayed_at` DATETIME(3) COMMENT 'when it was sent to a dead-letter topic',
	PRIMARY KEY (`id`),
	KEY mega_dead_letter_event_id (`namespace`, `event_id`(64)),
	KEY mega_dead_letter_pipeline (`namespace`, `pipeline`, `id`),
	KEY mega_dead_letter_relayed_at (`namespace`, `pipeline`, `relayed_at`, `id`),
	KEY mega_dead_letter_last_failed_at (`namespace`, `last_failed_at`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS mega_dead_letter_payload (
	`dead_letter_id` BIGINT NOT NULL,
	`chunk_no` INT NOT NULL,
	`data` MEDIUMBLOB NOT NULL,
	PRIMARY KEY (`dead_letter_id`, `chunk_no`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
