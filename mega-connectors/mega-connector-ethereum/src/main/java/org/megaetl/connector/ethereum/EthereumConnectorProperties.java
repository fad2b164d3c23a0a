package org.megaetl.connector.ethereum;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the Ethereum connector.
 *
 * @param enabled whether chains are followed
 * @param inbound the inbounds by name; the pipeline of each is named ethereum.(name)
 */
@Validated
@ConfigurationProperties("mega.connectors.ethereum")
record EthereumConnectorProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue Map<String, @Valid Inbound> inbound) {

	/**
	 * One chain that is followed.
	 *
	 * @param endpoints the JSON-RPC URLs, the best first; user and password in one become
	 * HTTP Basic authentication. In place of a URL, url with headers and
	 * requests-per-second
	 * @param headers HTTP headers sent with each request, such as an API key
	 * @param websocket URL of a WebSocket that says when there are new blocks, so that
	 * they are looked for at once
	 * @param transformer name of the transformer
	 * @param data what the events are
	 * @param start where to start the first time: a block's number, earliest, latest, or
	 * a time such as 2026-01-01T00:00:00Z
	 * @param finality which blocks are read
	 * @param confirmations how many blocks a block must be below the head, where finality
	 * is confirmations or the chain does not say what is final
	 * @param chainId the chain's id, checked at start; that of the first endpoint if not
	 * set
	 * @param addresses contracts whose logs are read; those of all if empty
	 * @param topics topics of the logs that are read, for each place the alternatives; an
	 * empty place is any
	 * @param events signatures of the events whose logs are read and decoded, with names
	 * and indexed, or names of events of the ABI
	 * @param abi location of a JSON file with the ABI that logs are decoded with
	 * @param from senders whose transactions are read; those of all if empty
	 * @param to recipients whose transactions are read; those of all if empty
	 * @param minValue least value in ether of the transactions that are read
	 * @param includeReceipts whether transactions are read with their receipts
	 * @param pending whether transactions are also read that wait for a block, as far as
	 * the endpoint knows them
	 * @param pendingTimeout how long a pending transaction may be missing before it is
	 * dropped, if the endpoint does not know it any more
	 * @param addressCase how addresses in events are written
	 * @param reorgTables tables from which the rows of a block are removed when the chain
	 * takes the block back
	 * @param blockHashColumn column of these tables that has the block's hash
	 * @param orphanedColumn column of these tables that is set to true in place of
	 * removing the row; rows are removed if not set
	 * @param reorgWindow most blocks that can be taken back
	 * @param pollInterval how long to wait at the head of the chain before looking again
	 * @param requestTimeout how long to wait for an endpoint's answer
	 * @param batchSize most events that are written together, unless one block has more
	 * @param readAhead how many ranges of blocks are read at the same time
	 * @param maxRange most blocks that are asked for at once
	 * @param verifyBloom whether logs are checked against the bloom filters of their
	 * blocks
	 * @param leaseDuration how long after its death an instance that reads is replaced by
	 * another
	 * @param id what the state of the pipeline is kept under, so that the inbound can be
	 * renamed; the pipeline's name if not set
	 */
	record Inbound(@NotEmpty List<@Valid Endpoint> endpoints, @DefaultValue Map<String, String> headers,
			@Nullable String websocket, @NotBlank String transformer, @DefaultValue("transactions") Data data,
			@DefaultValue("latest") @NotBlank String start, @DefaultValue("finalized") Finality finality,
			@DefaultValue("12") @Min(1) int confirmations, @Nullable String chainId,
			@DefaultValue List<@Pattern(regexp = ADDRESS) String> addresses, @DefaultValue List<List<String>> topics,
			@DefaultValue List<String> events, @Nullable String abi,
			@DefaultValue List<@Pattern(regexp = ADDRESS) String> from,
			@DefaultValue List<@Pattern(regexp = ADDRESS) String> to,
			@DefaultValue("0") @DecimalMin("0") BigDecimal minValue, @DefaultValue("false") boolean includeReceipts,
			@DefaultValue("false") boolean pending,
			@DefaultValue("10m") @DurationMin(millis = 10) Duration pendingTimeout,
			@DefaultValue("lower") AddressCase addressCase,
			@DefaultValue List<@Pattern(regexp = "[\\w$.]+") String> reorgTables,
			@DefaultValue("block_hash") @Pattern(regexp = "[\\w$]+") String blockHashColumn,
			@Nullable @Pattern(regexp = "[\\w$]+") String orphanedColumn,
			@DefaultValue("128") @Min(1) @Max(10_000) int reorgWindow,
			@DefaultValue("2s") @DurationMin(millis = 10) Duration pollInterval,
			@DefaultValue("30s") @DurationMin(millis = 10) Duration requestTimeout,
			@DefaultValue("1000") @Min(1) int batchSize, @DefaultValue("4") @Min(1) @Max(64) int readAhead,
			@DefaultValue("1000") @Min(1) int maxRange, @DefaultValue("true") boolean verifyBloom,
			@DefaultValue("15s") @DurationMin(seconds = 1) Duration leaseDuration,
			@Nullable @Size(min = 1, max = 127) String id) {

		private static final String ADDRESS = "0x[0-9a-fA-F]{40}";

		@Override
		public String toString() {
			return "Inbound[" + this.transformer + "]";
		}

	}

	/**
	 * Where JSON-RPC is answered.
	 *
	 * @param url where it is
	 * @param headers HTTP headers sent with each of its requests, besides those of the
	 * inbound
	 * @param requestsPerSecond the most calls a second, each of a batch counted; as many
	 * as it takes if not set
	 */
	record Endpoint(@NotBlank String url, @DefaultValue Map<String, String> headers,
			@Nullable @Min(1) Integer requestsPerSecond) {

		/**
		 * Reads an endpoint that is a URL and nothing else.
		 * @param url the URL
		 * @return the endpoint
		 */
		public static Endpoint of(String url) {
			return new Endpoint(url, Map.of(), null);
		}

		@Override
		public String toString() {
			return "Endpoint[" + this.requestsPerSecond + "]";
		}

	}

	/**
	 * What an event is.
	 */
	enum Data {

		/** A block. */
		BLOCKS,

		/** A transaction. */
		TRANSACTIONS,

		/** A log. */
		LOGS

	}

	/**
	 * Which blocks are read.
	 */
	enum Finality {

		/** All at once. Blocks may be taken back. */
		LATEST,

		/** Those that the chain calls safe. */
		SAFE,

		/** Those that the chain calls finalized. They are not taken back. */
		FINALIZED,

		/** Those that are a number of blocks below the head. */
		CONFIRMATIONS

	}

	/**
	 * How addresses are written.
	 */
	enum AddressCase {

		/** In lower case. */
		LOWER,

		/** With the checksum of EIP-55. */
		CHECKSUM

	}

}
