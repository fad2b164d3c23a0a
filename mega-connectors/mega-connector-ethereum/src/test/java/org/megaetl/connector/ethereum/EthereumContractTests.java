package org.megaetl.connector.ethereum;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.megaetl.test.Anvil;
import org.megaetl.test.CheckpointedAdapterContractTests;
import org.megaetl.test.NumberedEvent;

/**
 * The contract for the logs of a real node.
 */
class EthereumContractTests extends CheckpointedAdapterContractTests {

	private Anvil node;

	private Notes notes;

	@BeforeEach
	void startNode() {
		this.node = Anvil.start("--slots-in-an-epoch", "1");
		this.notes = new Notes(this.node);
	}

	@AfterEach
	void stopNode() {
		if (this.node != null) {
			this.node.close();
		}
	}

	@Override
	protected Class<?> application() {
		return EthereumApplication.class;
	}

	@Override
	protected List<String> properties() {
		String prefix = "mega.connectors.ethereum.inbound.notes.";
		return List.of("mega.connectors.ethereum.enabled=true", prefix + "endpoints=" + this.node.url(),
				prefix + "transformer=" + TRANSFORMER, prefix + "data=logs", prefix + "events[0]=" + Notes.SIGNATURE,
				prefix + "addresses=" + this.notes.contract(), prefix + "start=earliest",
				prefix + "poll-interval=100ms", prefix + "lease-duration=1s");
	}

	@Override
	protected int keys() {
		return 1;
	}

	@Override
	protected void produce(List<NumberedEvent> events) {
		this.notes.mine(events.stream().map(NumberedEvent::payload).toList());
		// what is two blocks below the head is final on this node
		this.node.mine(2);
	}

}
