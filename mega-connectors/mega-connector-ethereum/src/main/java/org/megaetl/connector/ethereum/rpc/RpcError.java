package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An error as a node or a provider words it. There is a standard for codes (EIP-1474, and
 * ethereum/execution-apis for the newer ones) that providers keep to in part, so that
 * their words count as well.
 *
 * @param code the code
 * @param message the message
 */
public record RpcError(int code, String message) {

	static final RpcError NONE = new RpcError(0, "there is neither a result nor an error");

	private static final int PRUNED_HISTORY = 4444;

	private static final int UNKNOWN_BLOCK = -39001;

	private static final int METHOD_NOT_FOUND = -32601;

	private static final int INVALID_PARAMS = -32602;

	private static final int LIMIT_EXCEEDED = -32005;

	private static final List<Integer> RATE_CODES = List.of(429, LIMIT_EXCEEDED, -32007, -32029, -32090, -32097);

	private static final Pattern RATE = Pattern.compile("rate.?limit|too many requests|requests? (?:limit|per second)|"
			+ "request count exceeded|compute units|throughput|calls per second|capacity|credits|quota|rate exceeded|"
			+ "exceeded the allowed rps|slow down");

	private static final Pattern RETRY = Pattern
		.compile("(?:retry|try again) (?:in|after) (\\d{1,6}) ?(ms|millis|s|m|$)");

	private static final Pattern RANGE = Pattern
		.compile("more than [\\d,]+ (?:results|logs|blocks)|block range|range (?:is )?too|"
				+ "range (?:of )?(?:[\\d,]+ )?(?:blocks )?exceeds|"
				+ "too (?:large|wide|many) (?:a )?(?:block )?range|too many (?:results|logs|blocks)|response size|"
				+ "response is too|result (?:set )?(?:is )?too large|response too large|timed? ?out|deadline exceeded|"
				+ "exceed(?:s|ed)? max(?:imum)? (?:block|results|logs)|limited to (?:a )?[\\d,]+|max results|"
				+ "query exceeds|block distance|log response");

	/**
	 * The last is Geth's, of the calls that a batch has left once it is answered at
	 * length.
	 */
	private static final Pattern BATCH = Pattern
		.compile("batch size|batch of|batch (?:is )?too (?:large|big|long)|max(?:imum)? ?batch|batch limit|"
				+ "batch(?:es|ing)?(?: requests?| calls?)? (?:is |are )?(?:not|unsupported|disabled)|support batch|"
				+ "response too large");

	private static final Pattern METHOD = Pattern.compile("method (?:is )?not|does not exist");

	private static final Pattern PRUNED = Pattern
		.compile("pruned|history unavailable|missing trie node|state (?:is )?not available|archive");

	private static final Pattern UNKNOWN = Pattern
		.compile("unknown block|header not found|block not found|cannot find block|could not find block|"
				+ "block #?\\w+ not found|after last accepted block|block is out of range|beyond current head");

	private static final Pattern TAG = Pattern.compile("\\btag\\b|block ?number|argument|param|hex string");

	private static final Pattern UNKNOWN_TAG = Pattern
		.compile("not (?:found|supported|implemented)|unsupported|unknown|invalid");

	private static final Pattern SUGGESTED = Pattern
		.compile("\\[\\s*(0x[0-9a-f]+|\\d+)\\s*,\\s*(0x[0-9a-f]+|\\d+)\\s*]");

	private static final Pattern MAXIMUM = Pattern.compile("(?:max(?:imum)?|limit(?:ed)?(?: to)?|up to|exceeds?)"
			+ "[^\\d\\[]{0,40}?(\\d[\\d,]*)(k?)(?!\\d| results| logs)");

	/**
	 * Returns whether the endpoint asks for fewer calls.
	 */
	boolean isRateLimit() {
		return (RATE_CODES.contains(this.code) || RATE.matcher(words()).find())
				&& !(isRangeTooLarge() || isBatchTooLarge());
	}

	/**
	 * Returns whether the endpoint asks for fewer calls in its answer to a method. Where
	 * logs are asked for, nodes of BNB Smart Chain call a range so that is too large.
	 */
	boolean isRateLimit(String method) {
		return isRateLimit() && !(method.equals("eth_getLogs") && words().strip().equals("limit exceeded"));
	}

	/**
	 * Returns how long to make no calls.
	 * @return the time, or {@code null} if the message does not say
	 */
	@Nullable Duration retryAfter() {
		Matcher retry = RETRY.matcher(words());
		if (!retry.find()) {
			return null;
		}
		long time = Long.parseLong(retry.group(1));
		return switch (retry.group(2)) {
			case "ms", "millis" -> Duration.ofMillis(time);
			case "m" -> Duration.ofMinutes(time);
			default -> Duration.ofSeconds(time);
		};
	}

	/**
	 * Returns whether fewer blocks at once may be answered.
	 * @return whether that is so
	 */
	public boolean isRangeTooLarge() {
		return RANGE.matcher(words()).find();
	}

	/**
	 * Returns whether the same call may be answered in a smaller batch.
	 */
	boolean isBatchTooLarge() {
		return BATCH.matcher(words()).find();
	}

	/**
	 * Returns whether the node has thrown away what was asked for.
	 * @return whether that is so
	 */
	public boolean isPruned() {
		return this.code == PRUNED_HISTORY || PRUNED.matcher(words()).find();
	}

	/**
	 * Returns whether the node does not know a block, which others may know.
	 * @return whether that is so
	 */
	public boolean isUnknownBlock() {
		return this.code == UNKNOWN_BLOCK || UNKNOWN.matcher(words()).find();
	}

	/**
	 * Returns whether the node does not have the method.
	 * @return whether that is so
	 */
	public boolean isMethodMissing() {
		return this.code == METHOD_NOT_FOUND || METHOD.matcher(words()).find();
	}

	/**
	 * Returns whether the node does not understand a parameter, such as a tag.
	 * @return whether that is so
	 */
	public boolean isInvalid() {
		return this.code == INVALID_PARAMS || this.code == -32600;
	}

	/**
	 * Returns whether this is about what was asked for, and not about the node or the
	 * caller.
	 */
	boolean isOfTheCall() {
		return isBatchTooLarge() || isRangeTooLarge() || isPruned() || isUnknownBlock() || isMethodMissing()
				|| isInvalid();
	}

	/**
	 * Returns whether the node does not have a block that is called so.
	 * @param tag such as "finalized"
	 * @return whether that is so
	 */
	public boolean isUnknownTag(String tag) {
		return isUnknownBlock() || isInvalid() || isMethodMissing()
				|| (TAG.matcher(words()).find() || words().contains(tag)) && UNKNOWN_TAG.matcher(words()).find();
	}

	/**
	 * Returns how many blocks at once the provider suggests.
	 * @return the number, if it can be found in the message
	 */
	public OptionalLong suggestedRange() {
		Matcher suggested = SUGGESTED.matcher(words());
		if (suggested.find()) {
			long blocks = number(suggested.group(2)) - number(suggested.group(1)) + 1;
			return (blocks > 0) ? OptionalLong.of(blocks) : OptionalLong.empty();
		}
		Matcher maximum = words().contains("range") ? MAXIMUM.matcher(words()) : MAXIMUM.matcher("");
		if (maximum.find()) {
			long blocks = number(maximum.group(1).replace(",", "")) * (maximum.group(2).isEmpty() ? 1 : 1000);
			return (blocks > 0) ? OptionalLong.of(blocks) : OptionalLong.empty();
		}
		return OptionalLong.empty();
	}

	private static long number(String text) {
		try {
			return text.startsWith("0x") ? Long.parseLong(text, 2, text.length(), 16) : Long.parseLong(text);
		}
		catch (NumberFormatException ex) {
			// more digits than any block's number has
			return -1;
		}
	}

	private String words() {
		return this.message.toLowerCase(Locale.ROOT);
	}

}
