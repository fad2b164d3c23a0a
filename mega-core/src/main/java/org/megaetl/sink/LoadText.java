package org.megaetl.sink;

import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.Row;

/**
 * Rows in the form that {@code LOAD DATA} reads: a line each, in UTF-8, with a tab
 * between values. Writes only what the database takes for the same value that it stores
 * when it is bound. The buffer is kept from one statement to the next.
 */
final class LoadText extends InputStream {

	/** Bytes after which the text is sent, as of a statement of bound values. */
	static final int MAX_SIZE = 1 << 20;

	/** A longer text is bound, so that the buffer stays small. */
	private static final int MAX_TEXT = MAX_SIZE;

	/** A buffer that one large row has made larger is not kept. */
	private static final int MAX_KEPT_SIZE = 4 * MAX_SIZE;

	private static final int INITIAL_SIZE = 1 << 16;

	/** The most digits before and behind the point, as the databases take them. */
	private static final int MAX_PRECISION = 65;

	private static final int MAX_SCALE = 30;

	/**
	 * The most digits of a decimal that a {@code double} gives back exactly: it is off by
	 * a quarter of the last one at most.
	 */
	private static final int EXACT_DIGITS = 15;

	private static final double[] POWERS_OF_TEN = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
			1e13, 1e14, 1e15 };

	private static final int MAX_YEAR = 9999;

	private byte[] buffer = new byte[INITIAL_SIZE];

	private int size;

	private int position;

	/**
	 * Replaces the text by that of rows, until it is large enough to be sent.
	 * @param columns what the table's columns are, in the order of the rows' values
	 * @param rows the rows
	 * @param from the first to write
	 * @return the first that was not written, or {@code from} if one of them has a value
	 * that must be bound
	 */
	int fill(List<LoadColumn> columns, List<Row> rows, int from) {
		this.size = 0;
		this.position = 0;
		for (int i = from; i < rows.size(); i++) {
			if (this.size >= MAX_SIZE) {
				return i;
			}
			int start = this.size;
			List<@Nullable Object> values = rows.get(i).values();
			for (int column = 0; column < values.size(); column++) {
				if (!append(columns.get(column), values.get(column))) {
					return from;
				}
				append('\t');
			}
			// the server could refuse a statement of it, or be unable to send it back
			if (this.size - start > MAX_SIZE) {
				return from;
			}
			this.buffer[this.size - 1] = '\n';
		}
		return rows.size();
	}

	/**
	 * Lets go of a buffer that has become too large to be kept.
	 */
	void trim() {
		if (this.buffer.length > MAX_KEPT_SIZE) {
			this.buffer = new byte[INITIAL_SIZE];
		}
	}

	private boolean append(LoadColumn column, @Nullable Object value) {
		if (value instanceof String text) {
			return append(text);
		}
		if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
			return column.type().takesIntegers() && append(((Number) value).longValue());
		}
		if (value instanceof BigDecimal number) {
			return column.type().takesDecimals() && append(number);
		}
		if (ValueBinder.isNull(value)) {
			return column.nulls() == LoadColumn.Nulls.STORED && append('\\') && append('N');
		}
		if (value instanceof byte[]) {
			return false;
		}
		try {
			return appendConverted(column.type(), ValueBinder.convert(value));
		}
		catch (IllegalArgumentException | DateTimeException ex) {
			// says so again when it is to be bound
			return false;
		}
	}

	private boolean appendConverted(LoadColumn.Type type, Object value) {
		if (value instanceof String text) {
			return append(text);
		}
		if (value instanceof LocalDateTime time) {
			return type == LoadColumn.Type.DATE_TIME && append(time);
		}
		if (value instanceof LocalDate date) {
			return (type == LoadColumn.Type.DATE || type == LoadColumn.Type.DATE_TIME) && append(date);
		}
		if (value instanceof LocalTime time) {
			// another day's, once it is rounded
			return type == LoadColumn.Type.TIME && time.getNano() % 1000 == 0 && append(time, time.getNano() / 1000);
		}
		if (value instanceof Boolean flag) {
			return type == LoadColumn.Type.INTEGER && append(flag ? '1' : '0');
		}
		if (value instanceof Double || value instanceof Float) {
			return takesFloating(type, (Number) value, value.toString()) && append(value.toString());
		}
		return value instanceof BigInteger number && type.takesIntegers() && number.bitLength() < Long.SIZE
				&& append(number.longValue());
	}

	/**
	 * Without an exponent it would be bound as a decimal, which has no negative zero, and
	 * with one as a double.
	 */
	private static boolean takesFloating(LoadColumn.Type type, Number number, String text) {
		if (text.equals("-0.0") || (number instanceof Float && type != LoadColumn.Type.FLOAT)) {
			return false;
		}
		return type == LoadColumn.Type.DOUBLE || type == LoadColumn.Type.FLOAT
				|| (type == LoadColumn.Type.DECIMAL && text.indexOf('E') < 0);
	}

	private boolean append(char ascii) {
		reserve(1);
		this.buffer[this.size++] = (byte) ascii;
		return true;
	}

	/**
	 * Appends a text, unless it has half a character, which has no form in UTF-8.
	 */
	private boolean append(String text) {
		int length = text.length();
		if (length > MAX_TEXT) {
			return false;
		}
		reserve(3 * length);
		byte[] bytes = this.buffer;
		int end = this.size;
		for (int i = 0; i < length; i++) {
			char character = text.charAt(i);
			if (character < 0x80) {
				if (character == '\\' || character <= '\n') {
					end = appendEscaped(bytes, end, character);
				}
				else {
					bytes[end++] = (byte) character;
				}
			}
			else if (character < 0x800) {
				bytes[end++] = (byte) (0xC0 | character >> 6);
				bytes[end++] = (byte) (0x80 | character & 0x3F);
			}
			else if (!Character.isSurrogate(character)) {
				bytes[end++] = (byte) (0xE0 | character >> 12);
				bytes[end++] = (byte) (0x80 | character >> 6 & 0x3F);
				bytes[end++] = (byte) (0x80 | character & 0x3F);
			}
			else {
				int codePoint = text.codePointAt(i++);
				if (!Character.isSupplementaryCodePoint(codePoint)) {
					return false;
				}
				bytes[end++] = (byte) (0xF0 | codePoint >> 18);
				bytes[end++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
				bytes[end++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
				bytes[end++] = (byte) (0x80 | codePoint & 0x3F);
			}
		}
		this.size = end;
		return true;
	}

	private static int appendEscaped(byte[] bytes, int end, char character) {
		char escaped = switch (character) {
			case '\\' -> '\\';
			case '\t' -> 't';
			case '\n' -> 'n';
			case '\0' -> '0';
			default -> 0;
		};
		int next = end;
		if (escaped != 0) {
			bytes[next++] = '\\';
		}
		bytes[next++] = (byte) ((escaped != 0) ? escaped : character);
		return next;
	}

	private boolean append(long number) {
		if (number == Long.MIN_VALUE) {
			return append(Long.toString(number));
		}
		if (number < 0) {
			append('-');
		}
		appendDigits(Math.abs(number), 1);
		return true;
	}

	/**
	 * Appends a number that is not negative, with zeros before it if it has fewer digits.
	 */
	private void appendDigits(long number, int digits) {
		int length = digits;
		if (number >= 10) {
			int needed = 1;
			for (long rest = number; rest >= 10; rest /= 10) {
				needed++;
			}
			length = Math.max(digits, needed);
		}
		reserve(length);
		this.size += length;
		long rest = number;
		for (int i = this.size - 1; i >= this.size - length; i--) {
			this.buffer[i] = (byte) ('0' + rest % 10);
			rest /= 10;
		}
	}

	private boolean append(BigDecimal number) {
		int scale = number.scale();
		if (scale < 0 || scale > MAX_SCALE || number.precision() > MAX_PRECISION) {
			return false;
		}
		if (scale > EXACT_DIGITS || number.precision() > EXACT_DIGITS) {
			return append(number.toPlainString());
		}
		// the digits without the garbage of toPlainString()
		double power = POWERS_OF_TEN[scale];
		long digits = Math.abs(Math.round(number.doubleValue() * power));
		if (number.signum() < 0) {
			append('-');
		}
		long unit = (long) power;
		appendDigits(digits / unit, 1);
		if (scale > 0) {
			append('.');
			appendDigits(digits % unit, scale);
		}
		return true;
	}

	private boolean append(LocalDate date) {
		if (date.getYear() < 0 || date.getYear() > MAX_YEAR) {
			return false;
		}
		appendDigits(date.getYear(), 4);
		append('-');
		appendDigits(date.getMonthValue(), 2);
		append('-');
		appendDigits(date.getDayOfMonth(), 2);
		return true;
	}

	/**
	 * Appends a time in microseconds, rounded as the driver does.
	 */
	private boolean append(LocalDateTime time) {
		int micros = (time.getNano() + 500) / 1000;
		LocalDateTime rounded = (micros < 1_000_000) ? time : time.plusSeconds(1);
		return append(rounded.toLocalDate()) && append(' ') && append(rounded.toLocalTime(), micros % 1_000_000);
	}

	private boolean append(LocalTime time, int micros) {
		appendDigits(time.getHour(), 2);
		append(':');
		appendDigits(time.getMinute(), 2);
		append(':');
		appendDigits(time.getSecond(), 2);
		if (micros > 0) {
			append('.');
			appendDigits(micros, 6);
		}
		return true;
	}

	private void reserve(int bytes) {
		if (this.buffer.length - this.size < bytes) {
			this.buffer = Arrays.copyOf(this.buffer, Math.max(2 * this.buffer.length, this.size + bytes));
		}
	}

	@Override
	public int read() {
		return (this.position < this.size) ? this.buffer[this.position++] & 0xFF : -1;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		if (this.position == this.size && length > 0) {
			return -1;
		}
		int read = Math.min(length, available());
		System.arraycopy(this.buffer, this.position, bytes, offset, read);
		this.position += read;
		return read;
	}

	@Override
	public int available() {
		return this.size - this.position;
	}

}
