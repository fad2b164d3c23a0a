package org.megaetl.connector.ethereum;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.esaulpaugh.headlong.abi.Event;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Endpoint;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Finality;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.rpc.HeadSubscription;
import org.megaetl.connector.ethereum.rpc.RateLimit;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.event.PipelineId;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.pipeline.Sink;
import org.megaetl.transform.Retraction;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerRegistry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.ResourceLoader;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An inbound whose settings make sense, and what follows its chain.
 */
final class EthereumInbound {

	private final PipelineSettings settings;

	private final Inbound inbound;

	private final LogDecoder decoder;

	private final LogFilter filter;

	EthereumInbound(PipelineSettings settings, Inbound inbound, ResourceLoader resources) {
		this.settings = settings;
		this.inbound = inbound;
		inbound.endpoints().forEach((endpoint) -> {
			checkUrl("endpoints", endpoint.url(), "https?", "http:// or https://");
			checkHeaders("endpoints[].headers", endpoint.headers());
		});
		checkHeaders("headers", inbound.headers());
		if (inbound.websocket() != null) {
			checkUrl("websocket", inbound.websocket(), "wss?", "ws:// or wss://");
		}
		checkStart();
		checkKind();
		this.decoder = new LogDecoder(events(resources));
		this.filter = filter();
	}

	/**
	 * The value is not printed, as it may have a key: so it is parsed here, and not when
	 * it is bound.
	 */
	private void checkUrl(String key, String url, String schemes, String words) {
		URI parsed;
		try {
			parsed = new URI(url);
		}
		catch (URISyntaxException ex) {
			parsed = URI.create("");
		}
		String scheme = String.valueOf(parsed.getScheme()).toLowerCase(Locale.ROOT);
		if (!scheme.matches(schemes) || parsed.getHost() == null) {
			throw mistake(key, "has an address that is not " + words + " and a host",
					"Write it as " + words.substring(words.indexOf(" or ") + 4) + "host:port/path.");
		}
	}

	private void checkHeaders(String key, Map<String, String> headers) {
		headers.forEach((name, value) -> {
			if (!name.matches("[\\w!#$%&'*+.^`|~-]+") || !value.matches("[\\t\\x20-\\x7e\\x80-\\xff]*")) {
				throw mistake(key, "has the header '" + name + "', whose name or value cannot be sent over HTTP",
						"Remove what is no visible character from it, such as the line break at the end of a file.");
			}
		});
	}

	private void checkStart() {
		try {
			new StartBlock(this.inbound.start());
		}
		catch (IllegalArgumentException ex) {
			throw mistake("start", "is wrong: " + ex.getMessage(), "Correct it.", ex);
		}
	}

	/**
	 * A filter that has no effect would let in more than its author thinks.
	 */
	private void checkKind() {
		boolean logs = this.inbound.data() == Data.LOGS;
		boolean transactions = this.inbound.data() == Data.TRANSACTIONS;
		reject("addresses", !logs && !this.inbound.addresses().isEmpty());
		reject("topics", !logs && !this.inbound.topics().isEmpty());
		reject("events", !logs && !this.inbound.events().isEmpty());
		reject("abi", !logs && this.inbound.abi() != null);
		reject("from", !transactions && !this.inbound.from().isEmpty());
		reject("to", !transactions && !this.inbound.to().isEmpty());
		reject("min-value", !transactions && this.inbound.minValue().signum() > 0);
		reject("include-receipts", !transactions && this.inbound.includeReceipts());
		reject("pending", !transactions && this.inbound.pending());
	}

	private void reject(String key, boolean rejected) {
		if (rejected) {
			throw mistake(key, "has no effect where 'data' is " + this.inbound.data().name().toLowerCase(Locale.ROOT),
					"Remove it, or set 'data' to what it applies to.");
		}
	}

	private List<Event<?>> events(ResourceLoader resources) {
		List<Event<?>> known = (this.inbound.abi() != null) ? abi(this.inbound.abi(), resources) : List.of();
		if (this.inbound.events().isEmpty()) {
			return known;
		}
		List<Event<?>> chosen = new ArrayList<>();
		for (String event : this.inbound.events()) {
			if (event.contains("(")) {
				chosen.add(signature(event));
				continue;
			}
			List<Event<?>> named = known.stream().filter((candidate) -> candidate.getName().equals(event)).toList();
			if (named.isEmpty()) {
				throw mistake("events", "names the event '" + event + "', which the ABI does not have",
						howToName(known));
			}
			chosen.addAll(named);
		}
		return chosen;
	}

	private static String howToName(List<Event<?>> known) {
		return known.isEmpty()
				? "Write its whole signature, such as 'Transfer(address indexed from, address indexed to, uint256 "
						+ "value)', or set 'abi'."
				: "Name one of " + known.stream().map(Event::getName).distinct().collect(Collectors.joining(", "))
						+ ", or write its whole signature.";
	}

	private Event<?> signature(String event) {
		try {
			return EventSignature.parse(event);
		}
		catch (RuntimeException ex) {
			throw mistake("events", "has the signature '" + event + "', which cannot be read: " + ex.getMessage(),
					"Write it as in Solidity: 'Transfer(address indexed from, address indexed to, uint256 value)'.",
					ex);
		}
	}

	private List<Event<?>> abi(String location, ResourceLoader resources) {
		try (InputStream stream = resources.getResource(location).getInputStream()) {
			List<Event<?>> events = new ArrayList<>();
			for (JsonNode object : JsonMapper.shared().readTree(stream)) {
				if (object.path("type").asString("").equals("event")) {
					events.add(Event.fromJson(object.toString()));
				}
			}
			return events;
		}
		catch (IOException | RuntimeException ex) {
			throw mistake("abi", "is '" + location + "', which cannot be read: " + ex,
					"Set it to a file with a JSON array of functions and events, such as file:erc20.json.", ex);
		}
	}

	private LogFilter filter() {
		List<List<String>> topics = new ArrayList<>(this.inbound.topics());
		List<String> signatures = this.decoder.topics();
		if (!signatures.isEmpty()) {
			if (topics.isEmpty()) {
				topics.add(signatures);
			}
			else if (topics.get(0).isEmpty()) {
				topics.set(0, signatures);
			}
		}
		topics.stream()
			.flatMap(List::stream)
			.filter((topic) -> !topic.matches("0x[0-9a-fA-F]{64}"))
			.forEach((topic) -> {
				throw mistake("topics", "has '" + topic + "', which is not 0x and 64 hexadecimal digits",
						"Write an address as 32 bytes: 0x, 24 zeros, and its 40 digits.");
			});
		return new LogFilter(this.inbound.addresses(), topics);
	}

	private InvalidConfigurationException mistake(String key, String what, String action) {
		return mistake(key, what, action, null);
	}

	private InvalidConfigurationException mistake(String key, String what, String action, @Nullable Throwable cause) {
		return new InvalidConfigurationException("'" + this.settings.property(key) + "' " + what + ".", action, cause);
	}

	/**
	 * Prepares what follows the chain.
	 * @param meters what its progress is measured with
	 * @return makes a follower that reads ahead in threads of the given executor
	 */
	Function<ExecutorService, ChainFollower> follower(PullPipeline pipeline, Sink sink,
			TransformerRegistry transformers, String namespace, MeterRegistry meters) {
		TransformFunction transformer = transformers.find(this.inbound.transformer());
		Undo undo = new Undo((transformer instanceof Retraction retraction) ? retraction : null,
				this.inbound.reorgTables(), this.inbound.blockHashColumn(), this.inbound.orphanedColumn());
		if (this.inbound.finality() == Finality.LATEST && !undo.isPossible()) {
			throw mistake("finality",
					"is 'latest', so that the chain may take blocks back, but nothing says how their "
							+ "rows are undone",
					"Set 'reorg-tables' to the tables whose rows have the block's hash, or let the transformer '"
							+ this.inbound.transformer() + "' implement " + Retraction.class.getName()
							+ ", or choose 'finalized'.");
		}
		this.inbound.reorgTables().forEach((table) -> checkTable(table, undo, sink));
		ChainStore store = new ChainStore(sink, new PipelineId(namespace, this.settings.stateId()),
				this.inbound.leaseDuration());
		RpcClient client = new RpcClient(this.inbound.endpoints().stream().map(this::endpoint).toList());
		EventFactory factory = new EventFactory(pipeline.name().toString(), this.inbound.data(),
				this.inbound.addressCase(), this.decoder);
		ChainReader reader = new ChainReader(client, this.inbound, this.filter);
		Progress progress = new Progress(pipeline.name());
		progress.bindTo(meters);
		pipeline.observe(progress::status);
		return (threads) -> {
			WakeUp wakeUp = new WakeUp();
			if (this.inbound.websocket() != null) {
				threads.execute(new HeadSubscription(URI.create(this.inbound.websocket()), this.inbound.headers(),
						wakeUp::signal));
			}
			return new ChainFollower(pipeline, this.inbound, client, reader, store,
					new ChainWriter(pipeline, this.inbound, store, factory, undo), progress, wakeUp, threads);
		};
	}

	private RpcEndpoint endpoint(Endpoint endpoint) {
		Map<String, String> headers = new LinkedHashMap<>(this.inbound.headers());
		headers.putAll(endpoint.headers());
		Integer limit = endpoint.requestsPerSecond();
		return new RpcEndpoint(URI.create(endpoint.url()), headers, this.inbound.requestTimeout(),
				(limit != null) ? RateLimit.perSecond(limit) : RateLimit.none());
	}

	private void checkTable(String table, Undo undo, Sink sink) {
		try {
			new JdbcTemplate(sink.dataSource()).execute(undo.check(table));
		}
		catch (DataAccessException ex) {
			throw mistake("reorg-tables",
					"names the table '" + table + "', which cannot be used: " + ex.getMostSpecificCause().getMessage(),
					"Create the table with the column that 'block-hash-column' names (and 'orphaned-column', if that "
							+ "is set), or correct the names.",
					ex);
		}
	}

	static String describe(Inbound inbound) {
		return inbound.data().name().toLowerCase(Locale.ROOT) + " from "
				+ inbound.endpoints()
					.stream()
					.map((endpoint) -> RpcEndpoint.nameOf(URI.create(endpoint.url())))
					.collect(Collectors.joining(", "));
	}

}
