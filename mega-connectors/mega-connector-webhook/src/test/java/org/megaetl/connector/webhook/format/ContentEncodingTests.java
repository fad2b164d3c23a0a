package org.megaetl.connector.webhook.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.webhook.format.UnreadableBodyException.Kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ContentEncoding}.
 */
class ContentEncodingTests {

	@Test
	void undoesGzip() throws Exception {
		byte[] content = "{}".repeat(5000).getBytes();
		for (String encoding : new String[] { "gzip", "GZIP", " x-gzip " }) {
			assertThat(ContentEncoding.decode(encoding, gzip(content), 10_000, ContentEncodingTests::ignore))
				.isEqualTo(content);
		}
		for (String encoding : new String[] { null, "", "identity" }) {
			assertThat(ContentEncoding.decode(encoding, content, 10_000, ContentEncodingTests::ignore))
				.isSameAs(content);
		}
	}

	@Test
	void refusesMoreThanIsAllowed() throws Exception {
		byte[] body = gzip(new byte[10_001]);
		assertThatExceptionOfType(UnreadableBodyException.class)
			.isThrownBy(() -> ContentEncoding.decode("gzip", body, 10_000, ContentEncodingTests::ignore))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.TOO_LARGE));
	}

	@Test
	void takesMembersOneAfterTheOther() throws Exception {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (String member : new String[] { "[", "", "1", "]" }) {
			body.write(gzip(member.getBytes()));
		}
		assertThat(ContentEncoding.decode("gzip", body.toByteArray(), 10, ContentEncodingTests::ignore)).asString()
			.isEqualTo("[1]");
		assertThatExceptionOfType(UnreadableBodyException.class)
			.isThrownBy(() -> ContentEncoding.decode("gzip", body.toByteArray(), 2, ContentEncodingTests::ignore))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.TOO_LARGE));
	}

	@Test
	void refusesThousandsOfEmptyMembers() throws Exception {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (int i = 0; i < 50_000; i++) {
			body.write(gzip(new byte[0]));
		}
		assertThatExceptionOfType(UnreadableBodyException.class)
			.isThrownBy(
					() -> ContentEncoding.decode("gzip", body.toByteArray(), 1_000_000, ContentEncodingTests::ignore))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.MALFORMED));
	}

	@Test
	void takesMemoryPieceByPiece() throws Exception {
		byte[] body = gzip(new byte[5_000_000]);
		AtomicLong taken = new AtomicLong();
		ContentEncoding.decode("gzip", body, 5_000_000, taken::addAndGet);
		assertThat(taken).hasValue(5_000_000);
		taken.set(0);
		assertThatIllegalStateException().isThrownBy(() -> ContentEncoding.decode("gzip", body, 5_000_000, (size) -> {
			if (taken.addAndGet(size) > 100_000) {
				throw new IllegalStateException("no more memory");
			}
		}));
		assertThat(taken).hasValueLessThan(200_000);
	}

	@Test
	void refusesWhatIsDamaged() throws Exception {
		byte[] body = gzip(new byte[1000]);
		body[body.length - 6] ^= 1;
		for (byte[] damaged : new byte[][] { body, {}, Arrays.copyOf(body, 12), "{}".getBytes() }) {
			assertThatExceptionOfType(UnreadableBodyException.class)
				.isThrownBy(() -> ContentEncoding.decode("gzip", damaged, 10_000, ContentEncodingTests::ignore))
				.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.MALFORMED));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "br", "deflate", "gzip, gzip", "zstd" })
	void takesNoOtherEncoding(String encoding) {
		assertThatExceptionOfType(UnreadableBodyException.class)
			.isThrownBy(() -> ContentEncoding.decode(encoding, new byte[0], 10_000, ContentEncodingTests::ignore))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.NOT_SUPPORTED));
	}

	private static void ignore(long size) {
	}

	private static byte[] gzip(byte[] content) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream stream = new GZIPOutputStream(bytes)) {
			stream.write(content);
		}
		return bytes.toByteArray();
	}

}
