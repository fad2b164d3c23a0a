package org.megaetl.connector.ethereum;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

import com.esaulpaugh.headlong.abi.ABIType;
import com.esaulpaugh.headlong.abi.Address;
import com.esaulpaugh.headlong.abi.ArrayType;
import com.esaulpaugh.headlong.abi.Event;
import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import com.joemelsha.crypto.hash.Keccak;
import org.jspecify.annotations.Nullable;

/**
 * Decodes logs of known events. A log that does not fit, such as that of an ERC-721 token
 * where one of an ERC-20 token is expected, stays as it is.
 */
final class LogDecoder {

	private final List<Known> events;

	private final Map<String, List<Known>> byTopic = new LinkedHashMap<>();

	LogDecoder(List<Event<?>> events) {
		this.events = events.stream().<Known>map(Known::of).toList();
		for (Known known : this.events) {
			if (!known.event().isAnonymous()) {
				this.byTopic.computeIfAbsent(topic(known.event()), (topic) -> new ArrayList<>(1)).add(known);
			}
		}
	}

	private static String topic(Event<?> event) {
		return Hex.of(new Keccak(256).digest(event.getCanonicalSignature().getBytes(StandardCharsets.US_ASCII)));
	}

	/**
	 * Returns what the first topic of a log must be.
	 * @return the alternatives; none if any log may be of a known event
	 */
	List<String> topics() {
		return this.events.stream().anyMatch((known) -> known.event().isAnonymous()) ? List.of()
				: List.copyOf(this.byTopic.keySet());
	}

	/**
	 * Decodes a log.
	 * @param addresses writes an address
	 * @return the decoded event, or {@code null} if it is none that is known
	 */
	@Nullable Decoded decode(List<String> topics, String data, UnaryOperator<String> addresses) {
		if (this.events.isEmpty()) {
			return null;
		}
		for (Known known : candidates(topics)) {
			int name = known.event().isAnonymous() ? 0 : 1;
			byte[][] indexed = topics.stream().skip(name).map(Hex::bytes).toArray(byte[][]::new);
			Decoded decoded = (name + known.shape().getIndexedParams().size() == topics.size())
					? decode(known, indexed, Hex.bytes(data), addresses) : null;
			if (decoded != null) {
				return decoded;
			}
		}
		return null;
	}

	private List<Known> candidates(List<String> topics) {
		List<Known> named = topics.isEmpty() ? null : this.byTopic.get(topics.get(0));
		return (named != null) ? named : this.events.stream().filter((known) -> known.event().isAnonymous()).toList();
	}

	private static @Nullable Decoded decode(Known known, byte[][] indexed, byte[] data,
			UnaryOperator<String> addresses) {
		Event<?> event = known.event();
		Tuple values;
		try {
			values = known.shape().decodeArgs(indexed, data);
		}
		catch (RuntimeException ex) {
			// whoever deployed the contract wrote what they liked; headlong throws
			// exceptions of many kinds
			return null;
		}
		TupleType<?> inputs = event.getInputs();
		Map<String, Object> arguments = new LinkedHashMap<>();
		for (int i = 0; i < inputs.size(); i++) {
			String name = inputs.getElementName(i);
			Object value = isHashed(event, i) ? Hex.of(values.<byte[]>get(i))
					: value(values.get(i), inputs.get(i), addresses);
			arguments.put(isUsable(name, arguments) ? name : String.valueOf(i), value);
		}
		return new Decoded(event.getName(), event.getCanonicalSignature(), arguments);
	}

	/**
	 * A topic has the hash of what need not fit into it.
	 */
	private static boolean isHashed(Event<?> event, int index) {
		ABIType<?> type = event.getInputs().get(index);
		String name = type.getCanonicalType();
		return event.isElementIndexed(index) && (type.isDynamic() || name.endsWith("]") || name.endsWith(")"));
	}

	private static boolean isUsable(@Nullable String name, Map<String, Object> taken) {
		return name != null && !name.isEmpty() && !taken.containsKey(name);
	}

	private static Object value(Object value, ABIType<?> type, UnaryOperator<String> addresses) {
		if (value instanceof Address address) {
			return addresses.apply(address.toString());
		}
		if (value instanceof byte[] bytes) {
			return Hex.of(bytes);
		}
		if (value instanceof Boolean || value instanceof String) {
			return value;
		}
		if (value instanceof Tuple tuple && type instanceof TupleType<?> tupleType) {
			Map<String, Object> members = new LinkedHashMap<>();
			for (int i = 0; i < tuple.size(); i++) {
				String name = tupleType.getElementName(i);
				members.put(isUsable(name, members) ? name : String.valueOf(i),
						value(tuple.get(i), tupleType.get(i), addresses));
			}
			return members;
		}
		if (value.getClass().isArray() && type instanceof ArrayType<?, ?, ?> arrayType) {
			List<Object> elements = new ArrayList<>();
			for (int i = 0; i < Array.getLength(value); i++) {
				elements.add(value(Array.get(value, i), arrayType.getElementType(), addresses));
			}
			return elements;
		}
		return (value instanceof BigDecimal decimal) ? decimal.toPlainString() : value.toString();
	}

	/**
	 * An event, and what its logs are made of.
	 *
	 * @param event the event
	 * @param shape its arguments as they are in logs, without the topic that is its name
	 */
	private record Known(Event<?> event, Event<?> shape) {

		static Known of(Event<?> event) {
			TupleType<?> inputs = event.getInputs();
			boolean[] indexed = new boolean[inputs.size()];
			StringJoiner types = new StringJoiner(",", "(", ")");
			for (int i = 0; i < indexed.length; i++) {
				indexed[i] = event.isElementIndexed(i);
				types.add(isHashed(event, i) ? "bytes32" : inputs.get(i).getCanonicalType());
			}
			return new Known(event, Event.createAnonymous(event.getName(), TupleType.parse(types.toString()), indexed));
		}

	}

	/**
	 * A decoded event.
	 *
	 * @param event its name
	 * @param signature its signature
	 * @param arguments its arguments by name, or by place where they have none
	 */
	record Decoded(String event, String signature, Map<String, Object> arguments) {

	}

}
