package org.megaetl.transformers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.sink.JdbcSink;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;

/**
 * Makes transformers of a piece of YAML, as the application does.
 */
public final class Configured {

	private Configured() {
	}

	static TransformersProperties properties(String yaml) {
		try {
			return new Binder(
					ConfigurationPropertySources.from(new YamlPropertySourceLoader().load("test",
							new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))),
					null, ApplicationConversionService.getSharedInstance())
				.bindOrCreate("mega", TransformersProperties.class);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Makes the transformer of the name "test", not knowing any table.
	 */
	public static TableBound transformer(String yaml) {
		String indented = yaml.indent(6);
		TransformersProperties properties = properties("mega:\n  transformers:\n    test:\n" + indented);
		return Objects.requireNonNull(new ConfiguredTransformers(properties, new GuestReloader((name, candidate) -> {
		}), false).transformers().get("test"));
	}

	/**
	 * Makes the transformer of the name "test", knowing the tables of a database.
	 */
	public static TableBound transformer(String yaml, TestDatabase database) throws SQLException {
		TableBound transformer = transformer(yaml);
		transformer.bind(new Catalogue(database.dataSource()));
		return transformer;
	}

	public static Event event(String payload) {
		return Event.from("test.orders", payload.getBytes(StandardCharsets.UTF_8)).build();
	}

	/**
	 * Writes what a transformer makes of the given payloads, in one transaction.
	 */
	public static void write(TestDatabase database, Transformer transformer, String... payloads) throws Exception {
		List<SqlStatement> rows = new ArrayList<>();
		for (String payload : payloads) {
			rows.addAll(transformer.transform(event(payload)));
		}
		try (Connection connection = database.dataSource().getConnection()) {
			connection.setAutoCommit(false);
			new JdbcSink(1000).write(connection, rows);
			connection.commit();
		}
	}

	@SuppressWarnings("unchecked")
	public static List<Row> rows(Transformer transformer, String payload) throws Exception {
		return (List<Row>) transformer.transform(event(payload));
	}

}
