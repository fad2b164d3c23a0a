package org.megaetl.transformers.mapping;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Maps fields of events to columns, as configuration says. Safe for use by several
 * threads.
 */
public final class MappingTransformer implements TableBound {

	/** Only Kafka's tombstones have it. */
	private static final String TOMBSTONE = "kafka-tombstone";

	private final PayloadReader reader;

	private final @Nullable KnownFields fields;

	private volatile List<TableMapper> mappers;

	/**
	 * Creates a transformer.
	 * @param settings what the configuration says
	 * @throws InvalidConfigurationException if there is a mistake in it
	 */
	public MappingTransformer(MappingSettings settings) {
		this.reader = reader(settings);
		List<TableMapper> all = new ArrayList<>();
		settings.rows().forEach((property, rows) -> all.add(TableMapper.of(property, rows)));
		this.mappers = List.copyOf(all);
		this.fields = settings.failOnUnknown() ? new KnownFields() : null;
		if (this.fields != null) {
			for (TableMapper mapper : all) {
				mapper.noteFields(this.fields);
			}
		}
	}

	private static PayloadReader reader(MappingSettings settings) {
		try {
			return PayloadReader.of(settings.format(), settings.csv(), settings.schema());
		}
		catch (IOException | RuntimeException ex) {
			throw new InvalidConfigurationException(
					"The schema of '" + settings.property() + ".schema' is not valid: " + ex.getMessage(),
					"Correct the schema's file.", ex);
		}
	}

	@Override
	public void bind(Catalogue catalogue) throws SQLException {
		List<TableMapper> bound = new ArrayList<>();
		for (TableMapper mapper : this.mappers) {
			bound.add(mapper.bind(catalogue));
		}
		this.mappers = List.copyOf(bound);
	}

	@Override
	public List<Row> transform(Event event) {
		refuseTombstone(event);
		List<JsonNode> records = this.reader.read(event.payload());
		List<Row> rows = new ArrayList<>(records.size());
		for (int i = 0; i < records.size(); i++) {
			JsonNode record = records.get(i);
			try {
				if (!(record instanceof ObjectNode)) {
					throw new IllegalArgumentException("It must be an object, but is " + record.getNodeType());
				}
				if (this.fields != null) {
					this.reader.check(event.payload(), record, this.fields);
				}
				RecordContext context = new RecordContext(event, record, record, i);
				for (TableMapper mapper : this.mappers) {
					mapper.map(context, rows::add);
				}
			}
			catch (IllegalArgumentException ex) {
				if (records.size() == 1) {
					throw ex;
				}
				throw new IllegalArgumentException("Record " + (i + 1) + " of the event: " + ex.getMessage(), ex);
			}
		}
		return rows;
	}

	/**
	 * To some formats no bytes are a record of defaults, or no records at all.
	 */
	private static void refuseTombstone(Event event) {
		if ("true".equals(event.headers().first(TOMBSTONE))) {
			throw new IllegalArgumentException("A tombstone has no payload to map: set 'tombstones' of the inbound to "
					+ "'skip', or delete by the event's key in a transformer in Java");
		}
	}

	/**
	 * Proposes the tables of this mapping.
	 * @param sample an event as it is expected
	 * @return the statements that create the tables
	 * @throws RuntimeException if the sample is not of the format
	 */
	public String proposeDdl(byte[] sample) {
		List<JsonNode> records = this.reader.read(sample);
		StringBuilder ddl = new StringBuilder();
		for (TableMapper mapper : this.mappers) {
			ddl.append(TableProposal.of(mapper, records));
		}
		return ddl.toString();
	}

}
