package org.megaetl.sink;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The error codes of MySQL 8 and 9, MariaDB 10.6 to 11.8 and TiDB whose meaning for a
 * batch is known. Where one number means different things to them, the other meaning
 * cannot come from writing rows (MariaDB's 4025 is a violated CHECK, MySQL's an option of
 * CREATE TABLE). What the state of the connection (08...), of the data (22...) or of a
 * constraint (23...) says already is listed only where a server or proxy may send HY000
 * instead.
 *
 * @see <a href="https://dev.mysql.com/doc/mysql-errors/9.4/en/">MySQL error reference</a>
 * @see <a href="https://mariadb.com/kb/en/mariadb-error-code-reference/">MariaDB error
 * codes</a>
 * @see <a href="https://docs.pingcap.com/tidb/stable/error-codes">TiDB error codes</a>
 */
final class SqlErrorCodes {

	private static final Map<Integer, FailureKind> KINDS = new HashMap<>();

	private static final Set<Integer> READ_ONLY = Set.of(1792, 1836, 1874);

	static {
		// locks, conflicts and rollbacks: 1020 is MariaDB's snapshot isolation
		transientCodes(1020, 1205, 1213, 1223, 1402, 1613, 1614, 1689, 3058, 3132, 3572);
		// the table changed under the statement
		transientCodes(1412, 1615);
		// no connection to be had: too many (of a user, of prepared statements, of
		// threads)
		transientCodes(1040, 1135, 1203, 1226, 1461);
		// the connection broke, was killed or sat idle: 1927 is MariaDB's, 3169 and 4031
		// are MySQL's
		transientCodes(1042, 1043, 1080, 1081, 1152, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1189, 1190,
				1218, 1927, 3169, 4031);
		// the server starts, stops or is offline: 1047 is a Galera node that is not ready
		transientCodes(1047, 1053, 1077, 1078, 1079, 3032, 3168);
		// interrupted, or over a time limit: 1969 is MariaDB's, 3024 is MySQL's
		transientCodes(1317, 1969, 3024);
		// read-only, as after a failover; see also 1290
		READ_ONLY.forEach(SqlErrorCodes::transientCodes);
		// a group replication member that cannot commit now
		transientCodes(3101, 3782, 3797, 4094);
		// disk full, files that cannot be read or written (2, 3, 20 and 23 are of the
		// file layer)
		transientCodes(2, 3, 20, 23, 1015, 1016, 1021, 1023, 1024, 1026, 1114, 1811, 1878, 3019);
		// out of memory or other resources, NDB's temporary errors; see also 1030 and
		// 1180
		transientCodes(5, 1037, 1038, 1041, 1297, 1637);
		// TiDB: write conflicts, a schema that changed, expired transactions, throttling
		transientCodes(8002, 8005, 8020, 8022, 8027, 8028, 8055, 8113, 8120, 8176, 8229, 8245, 8251, 8252);
		// TiDB: its storage nodes time out, are busy or away
		transientCodes(9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008, 9010, 9011, 9012, 9013);

		// max_allowed_packet, the binary log's cache, InnoDB's lock table
		tooLargeCodes(1153, 1197, 1206, 1705);
		// TiDB: memory of a statement, transaction, one entry, transaction (before 3.0)
		tooLargeCodes(8001, 8004, 8025, 8175, 9500);

		// database, table, column, routine or definer missing; see also 1305
		operatorCodes(1046, 1049, 1054, 1109, 1146, 1356, 1449);
		// privileges, accounts, passwords, hosts, transport
		operatorCodes(1044, 1045, 1129, 1130, 1142, 1143, 1227, 1251, 1370, 1698, 1820, 1862, 1873, 3118, 3159, 3879,
				3955, 4151, 8121);
		// tables that are read-only, damaged, or lack what replication demands of them
		operatorCodes(1034, 1035, 1036, 1194, 1195, 1707, 1712, 1812, 1814, 1877, 1881, 1932, 3098, 3989);
		// keys of the table used up: AUTO_INCREMENT, MariaDB's sequences, TiDB's
		// AUTO_RANDOM
		operatorCodes(1467, 4084, 8059);
		// LOAD DATA LOCAL switched off; unknown time zone; TiDB's resource group missing
		operatorCodes(1148, 3948, 4166, 1298, 8249);

		// the statement: grammar, columns, arguments, placeholders
		permanentCodes(1064, 1110, 1136, 1149, 1172, 1210, 1235, 1241, 1242, 1295, 1318, 1390, 4078, 4079);
		// what a view or trigger does not allow; SIGNAL
		permanentCodes(1348, 1362, 1369, 1442, 1443, 1471, 1644);
		// duplicates and foreign keys
		permanentCodes(1022, 1062, 1169, 1216, 1217, 1451, 1452, 1586, 1761, 1762, 1859);
		// values missing: 1364 is a statement without a column that has no default
		permanentCodes(1048, 1263, 1364, 1423);
		// values out of range or of the wrong form
		permanentCodes(1264, 1265, 1292, 1365, 1366, 1367, 1411, 1416, 1441, 1525, 1690, 3020);
		// values that are too long: 1118 is the row, 1162 and 1301 are a function's
		// result
		permanentCodes(1118, 1162, 1301, 1406, 1713, 3150, 3905, 3906, 3907, 8129);
		// texts in the wrong character set
		permanentCodes(1267, 1270, 1271, 1300, 3854, 3988);
		// JSON, vectors, geometry (4035 and on are MariaDB's)
		permanentCodes(3055, 3140, 3141, 3146, 3156, 3157, 3158, 4035, 4036, 4037, 4038, 4039, 4040, 4203, 4204);
		// CHECK constraints (3819 MySQL and TiDB, 4025 MariaDB), partitions, generated
		// columns
		permanentCodes(3819, 4025, 1526, 1748, 1906, 3105);
	}

	private SqlErrorCodes() {
	}

	/**
	 * Returns the kind of failure that a code tells of.
	 * @param code the vendor's code
	 * @param message the database's message, which some codes need
	 * @return the kind, or {@code null} for a code that is not known
	 */
	static @Nullable FailureKind kind(int code, String message) {
		return switch (code) {
			// storage engine: 139 is a row that is too big, all else the state of the
			// disk or engine
			case 1030 -> message.contains("error 139") ? FailureKind.PERMANENT : FailureKind.TRANSIENT;
			// COMMIT: Galera says 90 (older: 5, which an ailing disk says too) to a write
			// set over its limit
			case 1180 -> message.contains("error 90") ? FailureKind.TOO_LARGE
					: message.contains("error 5 ") ? FailureKind.UNKNOWN : FailureKind.TRANSIENT;
			// unknown error, of Galera among many
			case 1105 -> message.contains("writeset size exceeded") ? FailureKind.TOO_LARGE : FailureKind.UNKNOWN;
			// an option prevents this: read-only, or one such as --secure-file-priv
			case 1290 -> isReadOnly(code, message) ? FailureKind.TRANSIENT : FailureKind.OPERATOR;
			// a routine does not exist, or a savepoint, which a deadlock or DDL ended
			case 1305 -> message.contains("SAVEPOINT") ? FailureKind.UNKNOWN : FailureKind.OPERATOR;
			// COMMIT in a replication group: its member cannot now, or the transaction is
			// over its limit
			case 3100 -> FailureKind.UNKNOWN;
			default -> KINDS.get(code);
		};
	}

	/**
	 * Returns whether a failure says that this server takes no writes, or not on this
	 * connection, as one that was the primary before a failover.
	 * @param code the vendor's code
	 * @param message the database's message
	 */
	static boolean isReadOnly(int code, String message) {
		return READ_ONLY.contains(code)
				|| (code == 1290 && (message.contains("read-only") || message.contains("read_only")));
	}

	private static void transientCodes(int... codes) {
		put(FailureKind.TRANSIENT, codes);
	}

	private static void tooLargeCodes(int... codes) {
		put(FailureKind.TOO_LARGE, codes);
	}

	private static void operatorCodes(int... codes) {
		put(FailureKind.OPERATOR, codes);
	}

	private static void permanentCodes(int... codes) {
		put(FailureKind.PERMANENT, codes);
	}

	private static void put(FailureKind kind, int... codes) {
		for (int code : codes) {
			FailureKind other = KINDS.put(code, kind);
			if (other != null) {
				throw new IllegalStateException("Code " + code + " is listed twice, as " + other + " and " + kind);
			}
		}
	}

}
