package org.megaetl.connector.webhook.auth;

import java.util.Base64;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a signature are written in a header.
 */
public enum SignatureEncoding {

	/**
	 * Two hexadecimal digits a byte, in any case.
	 */
	HEX,

	/**
	 * Base64 as in RFC 4648, section 4.
	 */
	BASE64;

	byte @Nullable [] decode(String text) {
		try {
			return (this == HEX) ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
