package org.megaetl.connector.webhook;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A sender that begins with HTTP/2 without TLS and writes its frames by itself, so that
 * it can stop in the middle of a request.
 */
final class Http2Sender implements AutoCloseable {

	static final int DATA = 0;

	static final int HEADERS = 1;

	private static final int SETTINGS = 4;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	/** POST, http, / and a literal :authority, as in RFC 7541. */
	private static final byte[] HEAD = { (byte) 0x83, (byte) 0x86, (byte) 0x84, 0x01, 0x01, 'h' };

	private final Socket socket;

	private final DataInputStream input;

	Http2Sender(int port) throws IOException {
		this.socket = new Socket("localhost", port);
		this.socket.setSoTimeout(20_000);
		this.input = new DataInputStream(this.socket.getInputStream());
		ByteArrayOutputStream preface = new ByteArrayOutputStream();
		preface.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		preface.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
		this.socket.getOutputStream().write(preface.toByteArray());
	}

	/**
	 * Begins a request to the path "/" that has a body of unknown length.
	 */
	void post(int stream) throws IOException {
		send(HEADERS, END_HEADERS, stream, HEAD);
	}

	/**
	 * Sends a request to the path "/" that has no body.
	 */
	void postNothing(int stream) throws IOException {
		send(HEADERS, END_HEADERS | END_STREAM, stream, HEAD);
	}

	void data(int stream, String text, boolean last) throws IOException {
		send(DATA, last ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Reads frames up to the first of the type.
	 */
	byte[] read(int type) throws IOException {
		while (true) {
			int length = this.input.readUnsignedByte() << 16 | this.input.readUnsignedShort();
			int read = this.input.readUnsignedByte();
			this.input.skipNBytes(5);
			byte[] payload = this.input.readNBytes(length);
			if (read == type) {
				return payload;
			}
		}
	}

	/**
	 * Reads frames up to the first with a part of an answer's body.
	 */
	String readBody() throws IOException {
		byte[] part = read(DATA);
		while (part.length == 0) {
			part = read(DATA);
		}
		return new String(part, StandardCharsets.UTF_8);
	}

	private void send(int type, int flags, int stream, byte[] payload) throws IOException {
		this.socket.getOutputStream().write(frame(type, flags, stream, payload));
		this.socket.getOutputStream().flush();
	}

	private static byte[] frame(int type, int flags, int stream, byte[] payload) {
		return ByteBuffer.allocate(9 + payload.length)
			.put((byte) 0)
			.putShort((short) payload.length)
			.put((byte) type)
			.put((byte) flags)
			.putInt(stream)
			.put(payload)
			.array();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
