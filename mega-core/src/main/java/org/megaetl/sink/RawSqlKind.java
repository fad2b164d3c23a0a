package org.megaetl.sink;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What SQL text of the user's own may do to the transaction, told by its first word.
 */
enum RawSqlKind {

	/**
	 * Changes rows and nothing else.
	 */
	CHANGING_ROWS,

	/**
	 * Ends the transaction, openly or implicitly (MySQL's manual, "Statements That Cause
	 * an Implicit Commit").
	 */
	COMMITTING,

	/**
	 * Nobody can tell from the text.
	 */
	OTHER;

	/** What begins with {@code /*!} or MariaDB's {@code /*M!} is executed. */
	private static final Pattern FIRST_WORD = Pattern
		.compile("(?:\\s|/\\*(?!M?!).*?\\*/|--(?=\\s)[^\\n]*\\n|#[^\\n]*\\n|\\()*+([a-zA-Z]+)", Pattern.DOTALL);

	private static final Set<String> ROWS = Set.of("INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "DO");

	private static final Set<String> COMMITS = Set.of("ALTER", "ANALYZE", "BEGIN", "CHANGE", "CHECK", "COMMIT",
			"CREATE", "DROP", "FLUSH", "GRANT", "INSTALL", "LOCK", "OPTIMIZE", "RENAME", "REPAIR", "RESET", "REVOKE",
			"ROLLBACK", "START", "STOP", "TRUNCATE", "UNINSTALL", "UNLOCK", "XA");

	static RawSqlKind of(String sql) {
		Matcher matcher = FIRST_WORD.matcher(sql);
		if (!matcher.lookingAt()) {
			return OTHER;
		}
		String word = matcher.group(1).toUpperCase(Locale.ROOT);
		if (ROWS.contains(word)) {
			// with the driver's allowMultiQueries, more may follow
			return sql.contains(";") ? OTHER : CHANGING_ROWS;
		}
		return COMMITS.contains(word) ? COMMITTING : OTHER;
	}

}
