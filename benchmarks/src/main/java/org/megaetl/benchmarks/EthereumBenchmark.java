package org.megaetl.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.benchmarks.systems.ChainProgram;
import org.megaetl.devservices.FreePort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the history of a chain to a table: each log is decoded, and a row of its own.
 */
final class EthereumBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(EthereumBenchmark.class);

	private static final String TABLE = "CREATE TABLE notes (block BIGINT, log_index INT, note VARCHAR(100))";

	private static final List<Integer> LOGS = List.of(0, 50, 500);

	/** Where nothing is to be written, as many blocks are read as so many logs. */
	private static final int LOGS_PER_EMPTY_BLOCK = 5;

	private final Servers servers;

	private final Options options;

	EthereumBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return "blocks/s";
	}

	@Override
	public Results run() throws Exception {
		Results results = new Results("blocks");
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			for (int logs : LOGS) {
				measure(logs, results);
			}
		}
		return results;
	}

	private void measure(int logs, Results results) throws Exception {
		int blocks = this.options.events() / ((logs > 0) ? logs : LOGS_PER_EMPTY_BLOCK);
		Map<String, String> properties = this.servers.prepare(TABLE);
		int port = FreePort.find();
		properties.putAll(properties(port));
		try (ChildProcess node = ChildProcess.startProgram("node", List.of("-Xmx1g"), Map.of(),
				ChainProgram.class.getName(), String.valueOf(port), String.valueOf(blocks), String.valueOf(logs));
				Watch watch = new Watch(this.servers, Watch.POSITIONS)) {
			node.awaitPort(port);
			try (ChildProcess process = ChildProcess.startMega(this.options, "-" + logs, properties)) {
				Mark first = watch.await(process, 1);
				Mark warm = watch.await(process, this.options.warmUp(blocks));
				double nodeCpu = node.cpuSeconds();
				Mark end = watch.await(process, blocks);
				nodeCpu = node.cpuSeconds() - nodeCpu;
				long rows = (long) logs * blocks;
				watch.awaitCount(process, "SELECT COUNT(*) FROM notes", rows);
				watch.awaitCount(process, "SELECT COUNT(DISTINCT block, log_index) FROM notes", rows);
				String name = (logs > 0) ? logs + " logs in each" : "empty";
				long done = end.count() - warm.count();
				results.add(name, figure(), end.perSecondSince(warm));
				results.add(name, "blocks/s before", warm.perSecondSince(first));
				results.add(name, "logs/s", end.perSecondSince(warm) * logs);
				results.add(name, "own CPU, µs a block", end.cpuMicrosSince(warm));
				results.add(name, "the node's CPU, µs a block", nodeCpu * 1e6 / done);
				results.add(name, "peak memory, MB", process.peakMegabytes());
				logger.info("{}: {} blocks/s, {} µs a block", name, Results.format(end.perSecondSince(warm)),
						Results.format(end.cpuMicrosSince(warm)));
			}
		}
	}

	private static Map<String, String> properties(int port) {
		Map<String, String> properties = new HashMap<>();
		properties.put("spring.main.web-application-type", "none");
		properties.put("spring.main.keep-alive", "true");
		properties.put("mega.connectors.ethereum.enabled", "true");
		String inbound = "mega.connectors.ethereum.inbound.notes.";
		properties.put(inbound + "endpoints", "http://127.0.0.1:" + port);
		properties.put(inbound + "transformer", "note");
		properties.put(inbound + "data", "logs");
		properties.put(inbound + "events[0]", ChainProgram.EVENT);
		properties.put(inbound + "start", "earliest");
		properties.put(inbound + "finality", "finalized");
		return properties;
	}

}
