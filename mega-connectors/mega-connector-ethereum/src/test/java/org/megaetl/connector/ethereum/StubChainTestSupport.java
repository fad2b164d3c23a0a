package org.megaetl.connector.ethereum;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.megaetl.connector.ethereum.rpc.RateLimit;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;

/**
 * Two endpoints of one chain, and readers that ask them.
 */
class StubChainTestSupport {

	final StubChain first = new StubChain();

	final StubChain second = new StubChain();

	@AfterEach
	void close() {
		this.first.close();
		this.second.close();
	}

	static Failure failure(String error) {
		return new Failure(Integer.parseInt(error.split(" \\| ")[0]), error.split(" \\| ")[1]);
	}

	static Object with(Object block, String field, Object value) {
		if (!(block instanceof Map<?, ?> fields)) {
			return block;
		}
		Map<Object, Object> changed = new LinkedHashMap<>(fields);
		changed.put(field, value);
		return changed;
	}

	static long logs(ChainReader reader, boolean isFinal) throws InterruptedException {
		return reader.read(0, 9, isFinal).stream().mapToLong((block) -> block.items().size()).sum();
	}

	static long items(ChainReader reader) throws InterruptedException {
		return logs(reader, false);
	}

	ChainReader reader(String... properties) {
		return reader(List.of(this.first.node().url(), this.second.node().url()), Duration.ofSeconds(20), properties);
	}

	static ChainReader reader(List<URI> endpoints, Duration timeout, String... properties) {
		RpcClient client = new RpcClient(
				endpoints.stream().map((url) -> new RpcEndpoint(url, Map.of(), timeout, RateLimit.none())).toList());
		EthereumConnectorProperties.Inbound inbound = Inbounds.of(properties);
		return new ChainReader(client, inbound, new LogFilter(inbound.addresses(), inbound.topics()));
	}

}
