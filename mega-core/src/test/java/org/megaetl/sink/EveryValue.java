package org.megaetl.sink;

import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

/**
 * Values of all types that can be bound, and columns of all types that could hold them.
 */
final class EveryValue {

	static final String[] TYPES = { "TINYINT", "BOOLEAN", "SMALLINT UNSIGNED", "MEDIUMINT", "INT(8) ZEROFILL",
			"INT NOT NULL", "BIGINT", "BIGINT UNSIGNED", "DECIMAL(20,4)", "DECIMAL(12,0) UNSIGNED", "DECIMAL(60,20)",
			"FLOAT", "FLOAT(7,3)", "DOUBLE", "DOUBLE(10,2)", "CHAR(12)", "VARCHAR(30) NOT NULL",
			"VARCHAR(30) CHARACTER SET latin1", "VARCHAR(30) CHARACTER SET utf8mb3", "VARCHAR(30) CHARACTER SET utf16",
			"VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "TINYTEXT", "TEXT", "LONGTEXT", "JSON", "DATE",
			"DATETIME", "DATETIME(3)", "DATETIME(6) NOT NULL", "TIMESTAMP NULL", "TIMESTAMP(6) NULL",
			"TIMESTAMP NOT NULL DEFAULT '2001-01-01'", "TIME", "TIME(6)", "YEAR", "BIT(8)", "VARBINARY(40)", "BLOB",
			"ENUM('a', 'b', '1')", "SET('a', 'b')", "UUID", "INET6", "VARCHAR(30) COMPRESSED",
			"INT CHECK (value > 0)" };

	private EveryValue() {
	}

	/**
	 * Returns values, the same each time.
	 */
	static List<@Nullable Object> values() {
		Random random = new Random(42);
		LocalDateTime time = LocalDateTime.of(2026, 3, 29, 1, 30, 0);
		List<@Nullable Object> values = new ArrayList<>(Arrays.asList(null, 0, 1, -1, 7, 127, 128, 300, -200, 65_536,
				Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 9_007_199_254_740_993L,
				(short) 12, (byte) -3, BigInteger.valueOf(77), new BigInteger("18446744073709551615"), true, false,
				new BigDecimal("0"), new BigDecimal("0.00"), new BigDecimal("1.50"), new BigDecimal("-0.05"),
				new BigDecimal("1.005"), new BigDecimal("999999999999.99"), new BigDecimal("1E+3"), new BigDecimal("1"),
				new BigDecimal("20260228"), new BigDecimal("123456789012345"), new BigDecimal("0.123456789012345"),
				new BigDecimal("-99999999.9999999"), new BigDecimal("1234567890123456.7891"),
				new BigDecimal("12345678901234567890.123456789012345678901"), new BigDecimal("1e-35"), 0.1, -2.5, 1e10,
				1e-7, 1.005, 1e300, -0.0, 0.1f, 3.3e38f, "", "0", "1", "a", "12", "12 ", "1.5", "1e3", "abc", "12abc",
				" 5", "-7", "\\N", "N", "NULL", "\t", "\n", "\\", "a\tb\nc\\d\0e'f\"g\rh", "\u001a\b", "trailing  ",
				"0123456789012345678901234567 ", "01234567890123456789012345678 long  ",
				"far too long for any of the short columns there are", "\u00fc\u00df", "\u20ac\u4e16", "\ud83d\ude00",
				"\ud83d", "x\ude00", "a,b", "{\"a\": [1, \"\\n\"]}", "{a", "2026-02-28", "2026-02-30", "0000-00-00",
				"2026-00-10", "2026-02-28 10:11:12.9999996", "2026-02-28T10:11:12Z", "20260228", "10:11:12.345",
				"-100:00:00", "999:00:00", "26-1-2", 'c', new StringBuilder("built"),
				UUID.fromString("00000000-0000-4000-8000-000000000001"), Thread.State.NEW, LocalDate.of(2026, 2, 28),
				LocalDate.of(0, 1, 1), LocalDate.of(-5, 1, 1), LocalDate.of(10_000, 1, 1), time,
				time.withNano(123_456_000), time.withNano(123_456_499), time.withNano(123_456_500),
				time.withNano(999_999_999), time.withYear(1969), time.withYear(2200),
				LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_999), LocalTime.of(23, 59, 59, 999_999_999),
				LocalTime.of(1, 2, 3), LocalTime.of(1, 2, 3, 456_789_000), Instant.parse("2026-03-29T01:30:00.123456Z"),
				OffsetDateTime.of(time, ZoneOffset.ofHours(5)), time.atZone(ZoneOffset.ofHours(-3)),
				new Date(1_774_747_800_123L), java.sql.Date.valueOf("2026-02-28"), new byte[] { 0, 92, -1 },
				new byte[] { '1', '2' }, java.sql.Time.valueOf("01:02:03"), new java.sql.Time(1_774_747_800_123L),
				new AtomicLong(77), NullNode.getInstance(), MissingNode.getInstance(), StringNode.valueOf("a"),
				LocalDateTime.MAX, Instant.MAX));
		for (int i = 0; i < 10; i++) {
			values.add(random.nextInt(1000));
			values.add(BigDecimal.valueOf(random.nextLong() >> random.nextInt(60), random.nextInt(20)));
			values.add(random.nextGaussian() * Math.pow(10, random.nextInt(8)));
			values.add(random.ints(10, 0, 0x300)
				.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
				.toString());
			values.add(Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)));
		}
		return values;
	}

	static String describe(@Nullable Object value) {
		return (value != null) ? value.getClass().getSimpleName() + " " + value : "NULL";
	}

	/**
	 * Returns a query of all that can be told of the values of a column.
	 * @param type the type of the table's column {@code value}
	 */
	static String stored(String table, String type) {
		// of a number with a fraction the text does not have all digits
		String exact = (type.startsWith("FLOAT") || type.startsWith("DOUBLE")) ? "COALESCE(value + 0e0, '')" : "''";
		return "SELECT CONCAT(COALESCE(HEX(CAST(value AS BINARY)), 'NULL'), ' ', COALESCE(HEX(value), ''), ' ', "
				+ exact + ") FROM " + table;
	}

	/**
	 * Returns a text that cannot be read.
	 */
	static CharSequence failing(String message) {
		StringBuilder failing = new StringBuilder();
		return (CharSequence) Proxy.newProxyInstance(EveryValue.class.getClassLoader(),
				new Class<?>[] { CharSequence.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("toString")) {
						throw new IllegalStateException(message);
					}
					return method.invoke(failing, arguments);
				});
	}

}
