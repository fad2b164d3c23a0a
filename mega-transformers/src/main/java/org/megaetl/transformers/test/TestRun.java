package org.megaetl.transformers.test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.table.Catalogue;

/**
 * Carries out tests of transformers.
 */
public final class TestRun {

	private static final int MOST_LINES = 20;

	private final @Nullable Catalogue catalogue;

	/**
	 * Creates a run.
	 * @param catalogue the tables, or {@code null} if they are not known: values are then
	 * compared by their own types
	 */
	public TestRun(@Nullable Catalogue catalogue) {
		this.catalogue = catalogue;
	}

	/**
	 * Carries out a test.
	 * @param test the test
	 * @param transformer the transformer
	 * @return what is not as expected, or {@code null} if all is
	 * @throws InterruptedException if the calling thread is to stop
	 */
	public @Nullable String run(TestCase test, Transformer transformer) throws InterruptedException {
		List<? extends SqlStatement> statements;
		try {
			statements = transformer.transform(test.event());
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception | StackOverflowError | LinkageError | AssertionError ex) {
			String reason = String.valueOf(ex.getMessage());
			return (test.error() != null && reason.contains(test.error())) ? null
					: message(test, List.of(), "the event is refused: " + reason);
		}
		if (test.rows() == null) {
			return (test.skipped() && statements.isEmpty()) ? null : message(test, List.of(), shown(statements));
		}
		List<String> differences = differences(ExpectedRow.parse(test.rows(), String.valueOf(test.name())), statements);
		return differences.isEmpty() ? null : message(test, differences, shown(statements));
	}

	private List<String> differences(List<ExpectedRow> expected, List<? extends SqlStatement> statements) {
		List<String> differences = new ArrayList<>();
		if (expected.size() != statements.size()) {
			differences.add("there are " + statements.size() + " rows, but " + expected.size() + " are expected");
		}
		for (int i = 0; i < Math.min(expected.size(), statements.size()); i++) {
			String place = (expected.size() > 1) ? "row " + (i + 1) + ": " : "";
			if (statements.get(i) instanceof Row row) {
				try {
					expected.get(i)
						.differences(row, (this.catalogue != null) ? this.catalogue.find(row.table()) : null)
						.forEach((difference) -> differences.add(place + difference));
				}
				catch (SQLException ex) {
					differences
						.add(place + "the table '" + row.table() + "' could not be looked up: " + ex.getMessage());
				}
			}
			else {
				differences.add(place + "it is SQL of the transformer's own, which a test cannot describe");
			}
		}
		return differences;
	}

	private static String message(TestCase test, List<String> differences, String actual) {
		String expected = (test.error() != null) ? "the event is refused with '" + test.error() + "'"
				: test.skipped() ? "the event is skipped"
						: ExpectedRow.parse(Objects.requireNonNull(test.rows()), "")
							.stream()
							.map(ExpectedRow::toString)
							.collect(Collectors.joining("\n          "));
		List<String> lines = new ArrayList<>(List.of("expected: " + expected, "but was:  " + actual));
		lines.addAll(differences.subList(0, Math.min(MOST_LINES, differences.size())));
		return String.join("\n", lines);
	}

	private static String shown(List<? extends SqlStatement> statements) {
		return statements.isEmpty() ? "the event is skipped"
				: statements.stream()
					.limit(MOST_LINES)
					.map((statement) -> (statement instanceof Row row) ? ExpectedRow.show(row) : statement.toString())
					.collect(Collectors.joining("\n          "));
	}

}
