package org.megaetl.connector.ethereum.rpc;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Several endpoints of one chain. Work that belongs together is done on one of them; if
 * that fails, all of it is done on another.
 */
public final class RpcClient {

	private static final Logger logger = LoggerFactory.getLogger(RpcClient.class);

	private final List<EndpointState> endpoints;

	private volatile int preferred;

	private volatile @Nullable ChainIdentity expected;

	/**
	 * Creates a client.
	 * @param endpoints the endpoints, the best first
	 */
	public RpcClient(List<RpcEndpoint> endpoints) {
		boolean alone = endpoints.size() == 1;
		this.endpoints = endpoints.stream()
			.map((endpoint) -> new EndpointState(alone ? endpoint.patient() : endpoint, System::nanoTime))
			.toList();
	}

	/**
	 * Sets the chain that every endpoint must be of, from the next work on.
	 * @param identity the chain, or {@code null} for whichever it is
	 */
	public void expect(@Nullable ChainIdentity identity) {
		this.expected = identity;
		this.endpoints.forEach((endpoint) -> endpoint.verified(false));
	}

	/**
	 * Returns the chain of the first endpoint that answers.
	 * @return the chain
	 * @throws EndpointException if none answers
	 * @throws InterruptedException if the calling thread is to stop
	 */
	public ChainIdentity identify() throws InterruptedException {
		return run(RpcClient::identityOf);
	}

	/**
	 * Does work on one endpoint, or, if that fails, on the others in turn, as one may
	 * refuse, for lack of rights or of methods, what another does. An endpoint that asks
	 * for fewer calls is let alone for a while.
	 * @param <T> the type of the result
	 * @param work the work, which is begun anew on each endpoint
	 * @return its result
	 * @throws WorkFailedException if it failed on an endpoint that could be asked
	 * @throws EndpointException if no endpoint can be used just now
	 * @throws WrongChainException if no endpoint is of the expected chain
	 * @throws PrunedHistoryException if no endpoint has what was asked for any more
	 * @throws InterruptedException if the calling thread is to stop
	 */
	public <T> T run(Work<T> work) throws InterruptedException {
		return run(work, false, (result) -> true, "");
	}

	/**
	 * Does work likewise, also on the other endpoints where the result of one is poor.
	 * @param <T> the type of the result
	 * @param work the work, which is begun anew on each endpoint
	 * @param isGood whether a result is what was hoped for
	 * @param complaint what is wrong where it is not
	 * @return the first good result; if the results of all endpoints are poor, the first
	 * @throws EndpointException if no result is good, and not all endpoints had one
	 * @throws InterruptedException if the calling thread is to stop
	 */
	public <T> T run(Work<T> work, Predicate<T> isGood, String complaint) throws InterruptedException {
		return run(work, false, isGood, complaint);
	}

	/**
	 * Does work that can be cut into smaller parts likewise, but not on another endpoint
	 * where it is too much for one.
	 * @param <T> the type of the result
	 * @param work the work, which is begun anew on each endpoint
	 * @return its result
	 * @throws RpcErrorException if the work is too much
	 * @throws WorkFailedException if it failed on an endpoint that could be asked
	 * @throws EndpointException if no endpoint can be used just now
	 * @throws InterruptedException if the calling thread is to stop
	 */
	public <T> T runDivisible(Work<T> work) throws InterruptedException {
		return run(work, true, (result) -> true, "");
	}

	private <T> T run(Work<T> work, boolean divisible, Predicate<T> isGood, String complaint)
			throws InterruptedException {
		List<T> poor = new ArrayList<>();
		List<String> failures = new ArrayList<>();
		int wrong = 0;
		int pruned = 0;
		boolean failed = false;
		long wait = Long.MAX_VALUE;
		int first = this.preferred;
		for (int i = 0; i < this.endpoints.size(); i++) {
			int index = (first + i) % this.endpoints.size();
			EndpointState state = this.endpoints.get(index);
			try {
				state.awaitRoom(this.endpoints.size() == 1);
				verify(state, this.expected);
				T result = work.on(state.endpoint());
				state.succeeded(divisible);
				if (!isGood.test(result)) {
					poor.add(result);
					failures.add(state.endpoint() + ": " + complaint);
					continue;
				}
				if (i > 0) {
					logger.info("Endpoint {} is used in place of {}", state.endpoint(),
							this.endpoints.get(first).endpoint());
					this.preferred = index;
				}
				return result;
			}
			catch (EndpointException ex) {
				if (Thread.interrupted()) {
					throw new InterruptedException("Interrupted while waiting for " + state.endpoint());
				}
				state.failed(ex);
				failed |= state.failedByTheWork(ex);
				wait = Math.min(wait, state.remaining());
				failures.add(state.endpoint() + ": " + ex.getMessage());
			}
			catch (WrongChainException ex) {
				wrong++;
				failures.add(ex.getMessage());
			}
			catch (RpcErrorException ex) {
				if (divisible && isTooMuch(ex.error())) {
					throw ex;
				}
				pruned += ex.error().isPruned() ? 1 : 0;
				failed |= !ex.error().isPruned();
				failures.add(state.endpoint() + ": " + ex.getMessage());
			}
		}
		String all = String.join("; ", failures);
		if (wrong == this.endpoints.size()) {
			throw new WrongChainException(all);
		}
		if (!poor.isEmpty() && poor.size() + wrong == this.endpoints.size()) {
			return poor.get(0);
		}
		if (pruned > 0 && pruned + wrong == this.endpoints.size()) {
			throw new PrunedHistoryException(all);
		}
		Duration pause = (wait != Long.MAX_VALUE) ? Duration.ofNanos(wait) : null;
		throw failed ? new WorkFailedException(all, pause) : new EndpointException(all, pause);
	}

	/**
	 * Begins with another endpoint from now on, if there is one: that which was used
	 * works, but what it says is of no use.
	 */
	public void preferAnother() {
		this.preferred = (this.preferred + 1) % this.endpoints.size();
	}

	private static boolean isTooMuch(RpcError error) {
		return error.isRangeTooLarge() && !error.isPruned() && !error.isUnknownBlock();
	}

	private static void verify(EndpointState state, @Nullable ChainIdentity expected) {
		if (state.isVerified() || expected == null) {
			return;
		}
		RpcEndpoint endpoint = state.endpoint();
		ChainIdentity identity = identityOf(endpoint);
		if (!identity.equals(expected)) {
			logger.error("Endpoint {} is not used: it is of {}, not of {}", endpoint, identity, expected);
			throw new WrongChainException(endpoint + " is of " + identity + ", not of " + expected);
		}
		state.verified(true);
	}

	private static ChainIdentity identityOf(RpcEndpoint endpoint) {
		List<RpcReply> replies = endpoint
			.call(List.of(RpcRequest.of("eth_chainId"), RpcRequest.of(RpcRequest.BLOCK_BY_NUMBER, "0x0", false)));
		String chainId = replies.get(0).orThrow().asString("");
		JsonNode genesis = replies.get(1).orThrow().path("hash");
		if (!chainId.matches("0x[0-9a-fA-F]{1,64}") || !genesis.isString()) {
			throw new EndpointException("it does not say which chain it is of");
		}
		return new ChainIdentity(new BigInteger(chainId.substring(2), 16).toString(), genesis.asString());
	}

	/**
	 * Work that is done on one endpoint.
	 *
	 * @param <T> the type of its result
	 */
	@FunctionalInterface
	public interface Work<T> {

		/**
		 * Does the work.
		 * @param endpoint what to ask
		 * @return the result
		 * @throws EndpointException if the endpoint's answers cannot be believed
		 */
		T on(RpcEndpoint endpoint);

	}

}
