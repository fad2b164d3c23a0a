package org.megaetl.transformers.mapping;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.transformers.table.EpochUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Proposes a table from a sample. A guess, for a person to correct.
 */
final class TableProposal {

	private static final String DATE = "\\d{4}-\\d\\d-\\d\\d";

	private TableProposal() {
	}

	static String of(TableMapper mapper, List<JsonNode> records) {
		List<String> lines = new ArrayList<>();
		List<RecordContext> contexts = contexts(mapper, records);
		for (MappedColumn column : mapper.columns()) {
			lines.add("\t`" + column.name() + "` " + type(mapper, column, contexts)
					+ ((column.isOptional() && !TableMapper.contains(mapper.key(), column.name())) ? "" : " NOT NULL"));
		}
		if (!mapper.key().isEmpty()) {
			lines.add("\tPRIMARY KEY (`" + String.join("`, `", mapper.key()) + "`)");
		}
		return "CREATE TABLE IF NOT EXISTS `" + mapper.table().replace(".", "`.`") + "` (\n" + String.join(",\n", lines)
				+ "\n);\n";
	}

	private static List<RecordContext> contexts(TableMapper mapper, List<JsonNode> records) {
		List<RecordContext> contexts = new ArrayList<>();
		Event event = Event.from("sample", new byte[0]).build();
		for (JsonNode record : records) {
			if (mapper.forEach() == null) {
				contexts.add(new RecordContext(event, record, record, 0));
			}
			else {
				record.at(mapper.forEach()).forEach((node) -> contexts.add(new RecordContext(event, record, node, 0)));
			}
		}
		return contexts;
	}

	private static String type(TableMapper mapper, MappedColumn column, List<RecordContext> contexts) {
		if (column.epoch() == EpochUnit.DAYS) {
			return "DATE";
		}
		if (column.epoch() != null || String.valueOf(column.source()).equals("metadata:timestamp")) {
			return "DATETIME(6)";
		}
		String type = null;
		for (RecordContext context : contexts) {
			JsonNode node = (column.source() != null) ? column.source().read(context) : null;
			type = wider(type, type((node != null) ? node : MissingNode.getInstance()));
		}
		boolean ofKey = TableMapper.contains(mapper.key(), column.name());
		return (type == null || (ofKey && type.equals("TEXT"))) ? "VARCHAR(255)" : type;
	}

	private static @Nullable String type(JsonNode node) {
		if (node.isIntegralNumber()) {
			return "BIGINT";
		}
		if (node.isNumber()) {
			BigDecimal number = node.decimalValue();
			return "DECIMAL(20," + Math.max(2, Math.min(number.scale(), 18)) + ")";
		}
		if (node.isBoolean()) {
			return "BOOLEAN";
		}
		if (node.isContainer()) {
			return "JSON";
		}
		if (!node.isString()) {
			return node.isBinary() ? "BLOB" : null;
		}
		String text = node.stringValue();
		if (text.matches(DATE)) {
			return "DATE";
		}
		if (text.matches(DATE + "[T ]\\d\\d:\\d\\d.*")) {
			return "DATETIME(6)";
		}
		return (text.length() <= 100) ? "VARCHAR(255)" : "TEXT";
	}

	private static @Nullable String wider(@Nullable String type, @Nullable String other) {
		if (type == null || type.equals(other)) {
			return other;
		}
		if (other == null) {
			return type;
		}
		if (type.startsWith("DECIMAL") && other.startsWith("DECIMAL")) {
			return (type.length() > other.length() || type.compareTo(other) > 0) ? type : other;
		}
		if (type.startsWith("DECIMAL") && other.equals("BIGINT")) {
			return type;
		}
		return (type.equals("BIGINT") && other.startsWith("DECIMAL")) ? other : "TEXT";
	}

}
