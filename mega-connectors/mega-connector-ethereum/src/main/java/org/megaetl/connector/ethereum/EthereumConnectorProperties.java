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
 * @param enabled Whether chains are followed.
 * @param inbound Inbounds by name. The pipeline of each is named ethereum.(name).
 */
@Validated
@ConfigurationProperties("mega.connectors.ethereum")
record EthereumConnectorProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue Map<String, @Valid Inbound> inbound) {

	/**
	 * One chain that is followed.
	 *
	 * @param endpoints JSON-RPC URLs, the best first. User and password in one become
	 * HTTP Basic authentication. In place of a URL, a group of url, headers and
	 * requests-per-second.
	 * @param headers HTTP headers sent with each request, such as an API key.
	 * @param websocket URL of a WebSocket that says when there are new blocks, so that
	 * they are looked for at once.
	 * @param transformer Name of the transformer.
	 * @param data What the events are.
	 * @param start Where to start the first time: a block's number, earliest, latest, or
	 * a time such as 2026-01-01T00:00:00Z.
	 * @param finality Which blocks are read.
	 * @param confirmations Number of blocks that a block must be below the head, where
	 * finality is confirmations or the chain does not say what is final.
	 * @param chainId The chain's id, checked at start. By default that of the first
	 * endpoint.
	 * @param addresses Contracts whose logs are read. By default those of all are.
	 * @param topics Topics of the logs that are read, for each place the alternatives. An
	 * empty place is any.
	 * @param events Signatures of the events whose logs are read and decoded, with names
	 * and indexed, or names of events of the ABI.
	 * @param abi Location of a JSON file with the ABI that logs are decoded with.
	 * @param from Senders whose transactions are read. By default those of all are.
	 * @param to Recipients whose transactions are read. By default those of all are.
	 * @param minValue Minimum value in ether of the transactions that are read.
	 * @param includeReceipts Whether transactions are read with their receipts.
	 * @param pending Whether transactions that wait for a block are read as well, as far
	 * as the endpoint knows them.
	 * @param pendingTimeout How long a pending transaction may be missing before it is
	 * dropped, if the endpoint does not know it any more.
	 * @param addressCase How addresses in events are written.
	 * @param reorgTables Tables from which the rows of a block are removed when the chain
	 * takes the block back.
	 * @param blockHashColumn Column of the tables in reorg-tables that has the block's
	 * hash.
	 * @param orphanedColumn Column of the tables in reorg-tables that is set to true in
	 * place of removing the row. By default rows are removed.
	 * @param reorgWindow Maximum number of blocks that the chain can take back.
	 * @param pollInterval How long to wait at the head of the chain before looking again.
	 * @param requestTimeout How long to wait for an endpoint's answer.
	 * @param batchSize Maximum number of events that are written together, unless one
	 * block has more.
	 * @param readAhead Number of ranges of blocks that are read at the same time.
	 * @param maxRange Maximum number of blocks that are asked for at once.
	 * @param verifyBloom Whether logs are checked against the bloom filters of their
	 * blocks.
	 * @param leaseDuration How long after its death an instance that reads is replaced by
	 * another.
	 * @param id Name that the state of the pipeline is kept under, so that the inbound
	 * can be renamed. By default the pipeline's name.
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
	 * @param url URL of the endpoint.
	 * @param headers HTTP headers sent with each request to the endpoint, besides those
	 * of the inbound.
	 * @param requestsPerSecond Maximum number of calls a second, each of a batch counted.
	 * By default as many as the endpoint takes.
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
