package org.megaetl.transformers.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FeatureSet;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.JavaFeaturesProto;
import com.google.protobuf.JavaFeaturesProto.JavaFeatures;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;

/**
 * Understands the text of a {@code .proto} file as far as it says how messages are
 * written; options and services say nothing of that. What is not understood is refused.
 * See the specifications of
 * <a href="https://protobuf.dev/reference/protobuf/proto2-spec/">version 2</a> and
 * <a href="https://protobuf.dev/reference/protobuf/proto3-spec/">version 3</a>.
 */
final class ProtobufDefinition {

	static final FileDescriptor WRAPPERS = WrappersProto.getDescriptor();

	private static final Map<String, FileDescriptor> IMPORTS = Map.of(WRAPPERS.getName(), WRAPPERS,
			TimestampProto.getDescriptor().getName(), TimestampProto.getDescriptor());

	private static final Set<String> SCALARS = Set.of("double", "float", "int32", "int64", "uint32", "uint64", "sint32",
			"sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes");

	private static final Map<String, Label> LABELS = Map.of("required", Label.LABEL_REQUIRED, "optional",
			Label.LABEL_OPTIONAL, "repeated", Label.LABEL_REPEATED);

	/** The first group is what is between tokens. */
	private static final Pattern TOKEN = Pattern.compile("(\\s++|//[^\\n]*+|/\\*(?s:.*?)\\*/)"
			+ "|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\"|'[^'\\\\\\n]*+(?:\\\\.[^'\\\\\\n]*+)*+'"
			+ "|[\\w.]++|[-+{}()\\[\\]<>=;,:/]");

	private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

	/**
	 * In version 2 a number that an enum does not know would be no value of its field.
	 */
	private static final FeatureSet OPEN_ENUMS = FeatureSet.newBuilder()
		.setEnumType(FeatureSet.EnumType.OPEN)
		.setExtension(JavaFeaturesProto.java_, JavaFeatures.newBuilder().setLegacyClosedEnum(false).build())
		.build();

	private final List<Token> tokens = new ArrayList<>();

	private int next;

	private boolean version3;

	private ProtobufDefinition(String text) {
		Matcher matcher = TOKEN.matcher(text);
		int line = 1;
		for (int end = 0; end < text.length(); end = matcher.end()) {
			matcher.region(end, text.length());
			if (!matcher.lookingAt()) {
				throw new IllegalArgumentException("line " + line + " is not understood");
			}
			if (matcher.group(1) == null) {
				this.tokens.add(new Token(matcher.group(), line));
			}
			line += (int) matcher.group().chars().filter((c) -> c == '\n').count();
		}
		this.tokens.add(new Token("", line));
	}

	/**
	 * Understands a definition.
	 * @param text the text of a file
	 * @return the definition
	 * @throws IllegalArgumentException if it is not valid, or not understood
	 */
	static FileDescriptor parse(String text) {
		FileDescriptorProto file = new ProtobufDefinition(text).file();
		try {
			return FileDescriptor.buildFrom(file,
					file.getDependencyList().stream().map(IMPORTS::get).toArray(FileDescriptor[]::new));
		}
		catch (DescriptorValidationException ex) {
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
	}

	private FileDescriptorProto file() {
		FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder().setName("schema.proto");
		// or texts that are not UTF-8 would be read in version 2, with U+FFFD in them
		file.getOptionsBuilder().setJavaStringCheckUtf8(true).setFeatures(OPEN_ENUMS);
		while (!accept("")) {
			switch (take()) {
				case "syntax" -> file.setSyntax(syntax());
				case "package" -> file.setPackage(take());
				case "import" -> file.addDependency(imported());
				case "message" -> file.addMessageType(message());
				case "enum" -> file.addEnumType(enumeration());
				case "option", "service", "extend" -> skipStatement();
				case ";" -> {
				}
				default -> throw unexpected();
			}
		}
		return file.build();
	}

	private String syntax() {
		expect("=");
		String syntax = string();
		this.version3 = syntax.equals("proto3");
		if (!this.version3 && !syntax.equals("proto2")) {
			throw unexpected();
		}
		return syntax;
	}

	private String imported() {
		if (peek().equals("public")) {
			take();
		}
		String name = string();
		if (!IMPORTS.containsKey(name)) {
			throw new IllegalArgumentException("it imports '" + name + "', and only these can be imported: "
					+ String.join(", ", IMPORTS.keySet().stream().sorted().toList()));
		}
		return name;
	}

	private DescriptorProto message() {
		DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name());
		expect("{");
		while (!accept("}")) {
			String word = take();
			switch (word) {
				case "message" -> message.addNestedType(message());
				case "enum" -> message.addEnumType(enumeration());
				case "oneof" -> addOneOf(message);
				case "map" -> addMap(message);
				case "option", "reserved", "extensions", "extend" -> skipStatement();
				case ";" -> {
				}
				default -> addField(message, word);
			}
		}
		// what is optional in version 3 is so by a choice of its own, after all others
		for (FieldDescriptorProto.Builder field : message.getFieldBuilderList()) {
			if (field.getProto3Optional()) {
				field.setOneofIndex(message.getOneofDeclCount());
				message.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + field.getName()));
			}
		}
		return message.build();
	}

	private void addField(DescriptorProto.Builder message, String word) {
		Label label = LABELS.get(word);
		if (this.version3 ? label == Label.LABEL_REQUIRED : label == null) {
			throw unexpected();
		}
		FieldDescriptorProto.Builder field = field((label != null) ? take() : word);
		if (label != null) {
			field.setLabel(label);
		}
		message.addField(field.setProto3Optional(this.version3 && label == Label.LABEL_OPTIONAL));
	}

	private void addOneOf(DescriptorProto.Builder message) {
		int index = message.getOneofDeclCount();
		message.addOneofDecl(OneofDescriptorProto.newBuilder().setName(name()));
		expect("{");
		while (!accept("}")) {
			String word = take();
			if (word.equals("option")) {
				skipStatement();
			}
			else if (!word.equals(";")) {
				message.addField(field(word).setOneofIndex(index));
			}
		}
	}

	/**
	 * A map is written as its entries, each a message.
	 */
	private void addMap(DescriptorProto.Builder message) {
		expect("<");
		FieldDescriptorProto.Builder key = typed(take()).setName("key").setNumber(1);
		expect(",");
		FieldDescriptorProto.Builder value = typed(take()).setName("value").setNumber(2);
		expect(">");
		FieldDescriptorProto.Builder field = numbered(FieldDescriptorProto.newBuilder());
		DescriptorProto.Builder entry = DescriptorProto.newBuilder()
			.setName(entryName(field.getName()))
			.addField(key)
			.addField(value);
		entry.getOptionsBuilder().setMapEntry(true);
		message.addNestedType(entry).addField(field.setTypeName(entry.getName()).setLabel(Label.LABEL_REPEATED));
	}

	private static String entryName(String field) {
		StringBuilder name = new StringBuilder();
		for (String word : field.split("_")) {
			name.append(word.isEmpty() ? "" : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
		}
		return name + "Entry";
	}

	private FieldDescriptorProto.Builder field(String type) {
		if (type.equals("group") || type.equals("map")) {
			throw unexpected();
		}
		return numbered(typed(type));
	}

	private FieldDescriptorProto.Builder typed(String type) {
		FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder().setLabel(Label.LABEL_OPTIONAL);
		return SCALARS.contains(type) ? field.setType(Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)))
				: field.setTypeName(type);
	}

	private FieldDescriptorProto.Builder numbered(FieldDescriptorProto.Builder field) {
		field.setName(name());
		expect("=");
		field.setNumber(integer());
		skipOptions();
		return field;
	}

	private EnumDescriptorProto enumeration() {
		EnumDescriptorProto.Builder enumeration = EnumDescriptorProto.newBuilder().setName(name());
		expect("{");
		while (!accept("}")) {
			switch (peek()) {
				case "option", "reserved" -> skipStatement();
				case ";" -> take();
				default -> {
					EnumValueDescriptorProto.Builder value = EnumValueDescriptorProto.newBuilder().setName(name());
					expect("=");
					enumeration.addValue(value.setNumber(integer()));
					skipOptions();
				}
			}
		}
		return enumeration.build();
	}

	private void skipOptions() {
		if (peek().equals("[")) {
			skipBrackets();
		}
		expect(";");
	}

	private void skipStatement() {
		while (!accept(";")) {
			if (peek().equals("{")) {
				skipBrackets();
				return;
			}
			skipBrackets();
		}
	}

	/**
	 * Skips a token, and what is in its brackets if it opens any.
	 */
	private void skipBrackets() {
		int depth = 0;
		do {
			String token = take();
			depth += "([{".contains(token) ? 1 : ")]}".contains(token) ? -1 : 0;
			if (depth < 0) {
				throw unexpected();
			}
		}
		while (depth > 0);
	}

	private String peek() {
		return this.tokens.get(this.next).text();
	}

	private String take() {
		if (this.next == this.tokens.size() - 1) {
			throw new IllegalArgumentException("it ends too early");
		}
		return this.tokens.get(this.next++).text();
	}

	private boolean accept(String token) {
		boolean accepted = peek().equals(token);
		this.next += accepted ? 1 : 0;
		return accepted;
	}

	private void expect(String token) {
		if (!take().equals(token)) {
			throw unexpected();
		}
	}

	private String name() {
		String name = take();
		if (!NAME.matcher(name).matches()) {
			throw unexpected();
		}
		return name;
	}

	private String string() {
		String token = take();
		if (!token.startsWith("\"") && !token.startsWith("'")) {
			throw unexpected();
		}
		return token.substring(1, token.length() - 1);
	}

	private int integer() {
		String sign = accept("-") ? "-" : "";
		try {
			return Integer.decode(sign + take());
		}
		catch (NumberFormatException ex) {
			throw unexpected();
		}
	}

	/**
	 * What was taken last is not understood.
	 */
	private IllegalArgumentException unexpected() {
		Token token = this.tokens.get(this.next - 1);
		return new IllegalArgumentException("'" + token.text() + "' in line " + token.line() + " is not understood");
	}

	/**
	 * A word, a text in quotes, or a sign.
	 *
	 * @param text the text; empty at the end of the file
	 * @param line the line it is in
	 */
	private record Token(String text, int line) {

	}

}
