package org.megaetl.connector.webhook.auth;

import org.jspecify.annotations.Nullable;

/**
 * What a sender signs, and where it puts the signature.
 *
 * @param header the header with the signature
 * @param algorithm the hash function
 * @param encoding how the signature is written
 * @param prefix what comes before it, possibly nothing
 * @param signed what is signed: text in which the word "body" in braces is the body, and
 * any other word in braces the header of that name
 * @param timestampHeader the header with the time of the request in seconds, or
 * {@code null} if there is none
 */
public record HmacSettings(String header, HmacAlgorithm algorithm, SignatureEncoding encoding, String prefix,
		String signed, @Nullable String timestampHeader) {

	static final HmacSettings GITHUB = new HmacSettings("X-Hub-Signature-256", HmacAlgorithm.SHA256,
			SignatureEncoding.HEX, "sha256=", SignedContent.BODY, null);

	static final HmacSettings SHOPIFY = new HmacSettings("X-Shopify-Hmac-SHA256", HmacAlgorithm.SHA256,
			SignatureEncoding.BASE64, "", SignedContent.BODY, null);

	static final HmacSettings SLACK = new HmacSettings("X-Slack-Signature", HmacAlgorithm.SHA256, SignatureEncoding.HEX,
			"v0=", "v0:{X-Slack-Request-Timestamp}:{body}", "X-Slack-Request-Timestamp");

}
