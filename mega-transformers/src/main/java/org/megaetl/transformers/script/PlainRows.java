package org.megaetl.transformers.script;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import com.oracle.truffle.api.interop.InteropLibrary;
import com.oracle.truffle.api.interop.TruffleObject;
import com.oracle.truffle.api.library.ExportLibrary;
import com.oracle.truffle.api.library.ExportMessage;
import com.oracle.truffle.api.object.Property;
import com.oracle.truffle.api.object.PropertyGetter;
import com.oracle.truffle.api.object.Shape;
import com.oracle.truffle.api.strings.TruffleString;
import com.oracle.truffle.js.runtime.JSRealm;
import com.oracle.truffle.js.runtime.builtins.JSArray;
import com.oracle.truffle.js.runtime.builtins.JSOrdinary;
import com.oracle.truffle.js.runtime.objects.JSDynamicObject;
import com.oracle.truffle.js.runtime.objects.JSObject;
import com.oracle.truffle.js.runtime.objects.JSProperty;
import com.oracle.truffle.js.runtime.objects.Null;
import com.oracle.truffle.js.runtime.objects.Undefined;
import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.guest.GuestOutput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A function for the bootstrap, which hands over what a script returns for an event.
 * Objects and arrays as usual scripts make them are read as they are, into the very tree
 * that would be read from their JSON: to write that and to parse it took longer than
 * everything else. Whatever else there may be in JavaScript (getters, classes,
 * {@code toJSON}, {@code NaN}, dates, ...) is not taken: it has to be handed over once
 * more, with its JSON.
 * <p>
 * Objects have the same {@link Shape} if they have the same properties, in the same
 * order; so what is to be read of each is found out once.
 */
@ExportLibrary(InteropLibrary.class)
final class PlainRows implements TruffleObject {

	/** Objects that are used as maps have a shape each. */
	private static final int MOST_SHAPES = 1000;

	private static final int MOST_DEPTH = 8;

	/** From here on, JavaScript may write a number in another way. */
	private static final double MOST_EXACT = 1e15;

	private static final int LONGEST_NUMBER = 25;

	/** Of a character in JSON: <code>\u0000</code>. */
	private static final int LONGEST_CHARACTER = 6;

	private static final TruffleString TO_JSON = TruffleString.fromJavaStringUncached("toJSON",
			TruffleString.Encoding.UTF_16);

	private final Map<Shape, Member[]> shapes = new IdentityHashMap<>();

	private final long mostOutput;

	private final Consumer<GuestOutput> outputs;

	/** How long the JSON of what has been read is at most. */
	private long length;

	/**
	 * Creates the function.
	 * @param mostOutput most characters of an event's JSON
	 * @param outputs gets what is taken
	 */
	PlainRows(int mostOutput, Consumer<GuestOutput> outputs) {
		this.mostOutput = mostOutput;
		this.outputs = outputs;
	}

	@ExportMessage
	boolean isExecutable() {
		return true;
	}

	/**
	 * Takes what the script returned.
	 * @param arguments the rows, and their JSON if they were not taken without
	 * @return whether they are taken
	 */
	@ExportMessage
	boolean execute(Object[] arguments) {
		GuestOutput output = (arguments.length > 1) ? GuestOutput.json(text(arguments[1])) : read(arguments[0]);
		if (output == null) {
			return false;
		}
		this.outputs.accept(output);
		return true;
	}

	private @Nullable GuestOutput read(Object rows) {
		if (rows == Null.instance) {
			return GuestOutput.NONE;
		}
		this.length = 0;
		JsonNode tree = (rows instanceof JSDynamicObject object) ? node(object, JSRealm.get(null), 0) : null;
		return (tree != null && this.length <= this.mostOutput) ? GuestOutput.tree(tree) : null;
	}

	/**
	 * Returns the tree of an object, or {@code null} if it is not a plain one.
	 */
	private @Nullable JsonNode node(JSDynamicObject object, JSRealm realm, int depth) {
		if (depth > MOST_DEPTH) {
			return null;
		}
		if (JSOrdinary.isJSOrdinaryObject(object)) {
			return (JSObject.getPrototype(object) == realm.getObjectPrototype()) ? object(object, realm, depth) : null;
		}
		boolean array = JSArray.isJSFastArray(object) && JSObject.getPrototype(object) == realm.getArrayPrototype()
				&& !object.getShape().hasProperty(TO_JSON);
		return array ? array(object, realm, depth) : null;
	}

	private @Nullable ObjectNode object(JSDynamicObject object, JSRealm realm, int depth) {
		Member[] members = members(object.getShape());
		if (members == null) {
			return null;
		}
		ObjectNode node = JsonNodeFactory.instance.objectNode();
		this.length += 2;
		for (Member member : members) {
			Object value = member.getter().get(object);
			if (value == Undefined.instance) {
				continue;
			}
			this.length += member.length();
			JsonNode child = (this.length <= this.mostOutput) ? value(value, realm, depth) : null;
			if (child == null) {
				return null;
			}
			node.set(member.name(), child);
		}
		return node;
	}

	private @Nullable ArrayNode array(JSDynamicObject array, JSRealm realm, int depth) {
		ArrayNode node = JsonNodeFactory.instance.arrayNode();
		long size = JSArray.INSTANCE.getLength(array);
		this.length += 2 + size;
		for (long i = 0; i < size; i++) {
			JsonNode child = (this.length <= this.mostOutput) ? value(JSObject.get(array, i), realm, depth) : null;
			if (child == null) {
				return null;
			}
			node.add(child);
		}
		return node;
	}

	private @Nullable JsonNode value(Object value, JSRealm realm, int depth) {
		if (value instanceof TruffleString string) {
			String text = text(string);
			this.length += 2 + (long) text.length() * LONGEST_CHARACTER;
			return JsonNodeFactory.instance.stringNode(text);
		}
		this.length += LONGEST_NUMBER;
		if (value instanceof Integer number) {
			return JsonNodeFactory.instance.numberNode(number.intValue());
		}
		if (value instanceof Double number) {
			return number(number);
		}
		if (value instanceof Boolean bool) {
			return JsonNodeFactory.instance.booleanNode(bool);
		}
		if (value == Null.instance) {
			return JsonNodeFactory.instance.nullNode();
		}
		return (value instanceof JSDynamicObject object) ? node(object, realm, depth + 1) : null;
	}

	/**
	 * Returns the number that JavaScript would write: the shortest one that is read as
	 * the same. Of not more than 15 digits there is only one.
	 */
	private static @Nullable JsonNode number(double number) {
		double power = 1;
		for (int scale = 0; Math.abs(number) * power < MOST_EXACT; scale++) {
			long digits = Math.round(number * power);
			if (digits / power == number) {
				if (scale > 0) {
					return JsonNodeFactory.instance.numberNode(BigDecimal.valueOf(digits, scale));
				}
				return ((int) digits == digits) ? JsonNodeFactory.instance.numberNode((int) digits)
						: JsonNodeFactory.instance.numberNode(digits);
			}
			power *= 10;
		}
		return null;
	}

	private static String text(Object string) {
		return ((TruffleString) string).toJavaStringUncached();
	}

	/**
	 * Returns the members of objects of a shape, or {@code null} if these are not plain.
	 */
	private Member @Nullable [] members(Shape shape) {
		Member[] members = this.shapes.get(shape);
		if (members == null) {
			members = find(shape);
			if (members != null && this.shapes.size() < MOST_SHAPES) {
				this.shapes.put(shape, members);
			}
		}
		return members;
	}

	private static Member @Nullable [] find(Shape shape) {
		List<Member> members = new ArrayList<>();
		for (Property property : shape.getPropertyList()) {
			if (!(property.getKey() instanceof TruffleString key) || !JSProperty.isData(property)
					|| JSProperty.isProxy(property) || !JSProperty.isEnumerable(property)) {
				return null;
			}
			String name = text(key);
			if (!name.isEmpty() && Character.isDigit(name.charAt(0))) {
				// it may be an index: JSON has these first
				return null;
			}
			members.add(new Member(name, shape.makePropertyGetter(key), 4 + (long) name.length() * LONGEST_CHARACTER));
		}
		return members.toArray(Member[]::new);
	}

	/**
	 * A property of the objects of a shape.
	 *
	 * @param name its name
	 * @param getter reads its value
	 * @param length how many characters the name has in JSON at most
	 */
	private record Member(String name, PropertyGetter getter, long length) {

	}

}
