package org.megaetl.connector.ethereum;

import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Finality;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcError;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks how far the chain can be read, and keeps in mind what was said to be final.
 */
final class ChainHead {

	private static final Logger logger = LoggerFactory.getLogger(ChainHead.class);

	private final RpcClient client;

	private final Inbound inbound;

	/** What the chain calls the blocks that are read, if it does. */
	private final String tag;

	private final HeadWatch watch = new HeadWatch();

	private volatile @Nullable Anchor anchor;

	/** Whether an endpoint has known the tag of the blocks that are read. */
	private volatile boolean isTold;

	/** Whether no endpoint has. */
	private volatile boolean isUntold;

	ChainHead(RpcClient client, Inbound inbound) {
		this.client = client;
		this.inbound = inbound;
		this.tag = inbound.finality().name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns how far the chain can be read. What is not final must not be read in place
	 * of what is because one node does not say so: all of them must not.
	 */
	Heads heads() throws InterruptedException {
		Answer answer = this.client.run(this::ask, (some) -> some.isTold() || this.isUntold,
				"it does not say which blocks are " + this.tag
						+ "; set 'finality: confirmations', or remove the endpoint that cannot be asked");
		if (!answer.isTold() && !this.isUntold) {
			this.isUntold = true;
			logger.warn("The chain does not say which blocks are {}: those are read that are {} blocks below its head",
					this.tag, this.inbound.confirmations());
		}
		if (answer.anchor() != null) {
			this.anchor = answer.anchor();
		}
		Heads heads = answer.heads();
		if (this.watch.isSuspect(heads.latest(), System.nanoTime())) {
			this.client.preferAnother();
		}
		return heads;
	}

	private Answer ask(RpcEndpoint endpoint) {
		Header latest = Header.required(endpoint.call(RpcRequest.BLOCK_BY_NUMBER, "latest", false), "latest");
		Header finalized = tagged(endpoint, "finalized");
		Header told = switch (this.inbound.finality()) {
			case LATEST -> latest;
			case SAFE -> tagged(endpoint, "safe");
			case FINALIZED -> finalized;
			case CONFIRMATIONS -> null;
		};
		Anchor last = (finalized != null) ? new Anchor(endpoint, finalized) : null;
		return new Answer(heads(endpoint, latest, told, (finalized != null) ? finalized.number() : -1), last,
				told != null || this.inbound.finality() == Finality.CONFIRMATIONS);
	}

	private Heads heads(RpcEndpoint endpoint, Header latest, @Nullable Header told, long finalized) {
		if (told != null) {
			return new Heads(latest.number(), told.number(), told.hash(), finalized);
		}
		long confirmed = latest.number() - this.inbound.confirmations();
		if (confirmed < 0) {
			return new Heads(latest.number(), -1, "", -1);
		}
		Header target = Header.required(endpoint.call(RpcRequest.BLOCK_BY_NUMBER, Hex.quantity(confirmed), false),
				String.valueOf(confirmed));
		return new Heads(latest.number(), target.number(), target.hash(), finalized);
	}

	/**
	 * A chain that has said once what is to be read will do so again. Of what is final,
	 * it need not: nothing is taken for final then.
	 */
	private @Nullable Header tagged(RpcEndpoint endpoint, String tag) {
		RpcReply reply = endpoint.ask(RpcRequest.BLOCK_BY_NUMBER, tag, false);
		RpcError error = reply.error();
		if ((error != null) ? error.isUnknownTag(tag) : reply.orThrow().isNull()) {
			if (this.isTold && tag.equals(this.tag)) {
				throw new EndpointException("it does not say just now which block is " + tag);
			}
			return null;
		}
		Header header = Header.of(reply.orThrow());
		this.isTold |= tag.equals(this.tag);
		return header;
	}

	/**
	 * What is final is not remembered to be undone: an endpoint must have what another
	 * said is.
	 */
	void checkBranch(RpcEndpoint endpoint) {
		Anchor last = this.anchor;
		if (last == null || last.endpoint() == endpoint) {
			return;
		}
		long number = last.finalized().number();
		Header header = Header.required(endpoint.call(RpcRequest.BLOCK_BY_NUMBER, Hex.quantity(number), false),
				String.valueOf(number));
		if (!header.hash().equals(last.finalized().hash())) {
			throw new EndpointException(
					"it has another block " + number + " than " + last.endpoint() + ", where that is final");
		}
	}

	/**
	 * The last block that an endpoint called final.
	 */
	private record Anchor(RpcEndpoint endpoint, Header finalized) {

	}

	/**
	 * What an endpoint says.
	 *
	 * @param isTold whether it knows the tag of the blocks that are read, if they have
	 * one
	 */
	private record Answer(Heads heads, @Nullable Anchor anchor, boolean isTold) {

	}

}
