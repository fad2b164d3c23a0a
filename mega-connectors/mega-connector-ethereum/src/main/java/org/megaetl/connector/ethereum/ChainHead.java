package org.megaetl.connector.ethereum;

import java.util.List;
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

	private static final String BLOCK_BY_NUMBER = "eth_getBlockByNumber";

	private final RpcClient client;

	private final Inbound inbound;

	private final HeadWatch watch = new HeadWatch();

	private volatile boolean hasTags;

	private volatile @Nullable Anchor anchor;

	private volatile boolean warned;

	ChainHead(RpcClient client, Inbound inbound) {
		this.client = client;
		this.inbound = inbound;
	}

	/**
	 * Returns how far the chain can be read.
	 */
	Heads heads() throws InterruptedException {
		Heads heads = this.client.run((endpoint) -> {
			Header latest = Header.required(endpoint.call(BLOCK_BY_NUMBER, "latest", false), "latest");
			Header finalized = tagged(endpoint, "finalized");
			this.anchor = (finalized != null) ? new Anchor(endpoint, finalized) : null;
			Header target = switch (this.inbound.finality()) {
				case LATEST -> latest;
				case SAFE -> tagged(endpoint, "safe");
				case FINALIZED -> finalized;
				case CONFIRMATIONS -> null;
			};
			if (target == null) {
				if (this.inbound.finality() != Finality.CONFIRMATIONS && !this.warned) {
					this.warned = true;
					logger.warn(
							"The chain does not say which blocks are {}: those are read that are {} blocks below "
									+ "its head",
							this.inbound.finality().name().toLowerCase(Locale.ROOT), this.inbound.confirmations());
				}
				long confirmed = latest.number() - this.inbound.confirmations();
				if (confirmed < 0) {
					return new Heads(latest.number(), -1, "", -1);
				}
				target = Header.required(endpoint.call(BLOCK_BY_NUMBER, Hex.quantity(confirmed), false),
						String.valueOf(confirmed));
			}
			return new Heads(latest.number(), target.number(), target.hash(),
					(finalized != null) ? finalized.number() : -1);
		});
		if (this.watch.isSuspect(heads.latest(), System.nanoTime())) {
			this.client.preferAnother();
		}
		return heads;
	}

	/**
	 * A chain that has said once what is final will do so again: what is not must not be
	 * read in its place because a node has just been started.
	 */
	private @Nullable Header tagged(RpcEndpoint endpoint, String tag) {
		RpcReply reply = endpoint.call(List.of(RpcRequest.of(BLOCK_BY_NUMBER, tag, false))).get(0);
		RpcError error = reply.error();
		if ((error != null) ? error.isUnknownTag(tag) : reply.orThrow().isNull()) {
			if (this.hasTags) {
				throw new EndpointException("it does not say just now which block is " + tag);
			}
			return null;
		}
		Header header = Header.of(reply.orThrow());
		this.hasTags = true;
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
		Header header = Header.required(endpoint.call(BLOCK_BY_NUMBER, Hex.quantity(number), false), String.valueOf(number));
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

}
