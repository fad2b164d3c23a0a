-- Times are UTC. Every statement can be repeated.

CREATE TABLE IF NOT EXISTS mega_ethereum_chain (
	`namespace` VARCHAR(63) NOT NULL,
	`pipeline` VARCHAR(127) NOT NULL,
	`chain_id` VARCHAR(78) COMMENT 'the chain that is followed',
	`genesis_hash` VARCHAR(66),
	`leader` VARCHAR(36) COMMENT 'the instance that reads',
	`leader_until` DATETIME(6),
	PRIMARY KEY (`namespace`, `pipeline`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS mega_ethereum_block (
	`namespace` VARCHAR(63) NOT NULL,
	`pipeline` VARCHAR(127) NOT NULL,
	`number` BIGINT NOT NULL,
	`hash` VARCHAR(66) NOT NULL COMMENT 'empty for the block before the first that was read',
	`parent_hash` VARCHAR(66) NOT NULL,
	`block_time` BIGINT NOT NULL COMMENT 'in seconds since 1970',
	`events` LONGBLOB COMMENT 'what a retraction needs, as compressed JSON',
	PRIMARY KEY (`namespace`, `pipeline`, `number`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
