package org.megaetl.transformers.guest;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the DDL that a guest asks for: it may create the tables that it may write to, if
 * they are not there, and nothing else.
 */
final class GuestDdl {

	/**
	 * Nothing that begins a comment: text in it would be understood otherwise here than
	 * there.
	 */
	private static final Pattern TOKEN = Pattern
		.compile("\\G\\s*(?:('(?:[^'\\\\]|'')*')|(`(?:[^`]|``)+`)|(\\w+)|([(),;.=]|-(?=\\d)))");

	private static final List<String> START = List.of("CREATE", "TABLE", "IF", "NOT", "EXISTS");

	/** What would read another table, or reach out of the database. */
	private static final Set<String> REFUSED = Set.of("SELECT", "TABLE", "VALUES", "LIKE", "AS", "ENGINE", "CONNECTION",
			"DIRECTORY", "TABLESPACE", "UNION", "WITH", "DATA", "CREATE", "DROP", "PROCEDURE");

	private final String ddl;

	private final List<String> tables;

	private GuestDdl(String ddl, List<String> tables) {
		this.ddl = ddl;
		this.tables = tables;
	}

	/**
	 * Checks DDL.
	 * @param ddl statements, separated by semicolons
	 * @param tables the tables that may be created
	 * @return the statements
	 * @throws IllegalArgumentException if it is anything else
	 */
	static String check(String ddl, List<String> tables) {
		new GuestDdl(ddl, tables).check();
		return ddl;
	}

	private void check() {
		Matcher matcher = TOKEN.matcher(this.ddl.stripTrailing());
		int end = 0;
		int place = 0;
		int depth = 0;
		// since a table was to be named that rows refer to, which keeps its rows from
		// being deleted
		int reference = Integer.MAX_VALUE;
		while (matcher.find()) {
			end = matcher.end();
			String token = matcher.group().strip();
			if (token.equals(";") && depth == 0) {
				require(place == 0 || place > START.size() + 1, token);
				place = 0;
				continue;
			}
			if (place < START.size()) {
				require(token.equalsIgnoreCase(START.get(place)), token);
			}
			else if (place == START.size()) {
				require(isAllowed(token), token);
			}
			else {
				require(place > START.size() + 1 || token.equals("("), token);
				require(matcher.group(3) == null || !REFUSED.contains(token.toUpperCase(Locale.ROOT)), token);
				require(reference != 0 || isAllowed(token), token);
				require(reference != 1 || token.equals("("), token);
				reference = token.equalsIgnoreCase("REFERENCES") ? 0
						: (reference < Integer.MAX_VALUE) ? reference + 1 : reference;
				depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
				require(depth >= 0 && !token.equals(";"), token);
			}
			place++;
		}
		require(end == this.ddl.stripTrailing().length() && depth == 0,
				this.ddl.substring(end, Math.min(end + 20, this.ddl.length())));
		require(place == 0 || place > START.size() + 1, "the end");
	}

	private boolean isAllowed(String token) {
		return this.tables.contains(token.startsWith("`") ? token.substring(1, token.length() - 1) : token);
	}

	private void require(boolean holds, String token) {
		if (!holds) {
			throw new IllegalArgumentException(
					"Its mega_init asks for DDL that it may not: only CREATE TABLE IF NOT EXISTS "
							+ "of one of its tables " + this.tables + ", with columns and keys, is run, but there is '"
							+ token + "'");
		}
	}

}
