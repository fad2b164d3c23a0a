CREATE TABLE IF NOT EXISTS mega_ethereum_pending (
	`namespace` VARCHAR(63) NOT NULL,
	`pipeline` VARCHAR(127) NOT NULL,
	`hash` VARCHAR(66) NOT NULL,
	`sender` VARCHAR(42) NOT NULL,
	`nonce` BIGINT NOT NULL,
	`payload` LONGBLOB NOT NULL COMMENT 'the event that said it is pending',
	PRIMARY KEY (`namespace`, `pipeline`, `hash`)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
