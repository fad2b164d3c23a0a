package org.megaetl.connector.webhook.auth;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.standardwebhooks.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Authenticators}, with what senders publish: vectors, examples of their
 * documentation, and libraries that sign.
 */
class AuthenticatorsTests {

	/** Of the libraries of Standard Webhooks, as are the id, the time and the body. */
	private static final String STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final String STANDARD_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";

	private static final String STANDARD_BODY = "{\"test\": 2432232314}";

	private static final String STANDARD_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

	private static final String OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

	private static final long TIME = 1614265330;

	private static final String GITHUB_SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

	private final SteppingClock clock = new SteppingClock(TIME);

	@Test
	void takesTheVectorOfStandardWebhooks() {
		assertThat(standard(STANDARD_SIGNATURE, STANDARD_SECRET)).isNull();
		assertThat(standard(STANDARD_SIGNATURE, STANDARD_SECRET.replace("whsec_", ""))).isNull();
	}

	@Test
	void takesOneOfSeveralSignaturesOfStandardWebhooks() {
		assertThat(standard("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,nothing v1a,bm8= " + STANDARD_SIGNATURE,
				STANDARD_SECRET))
			.isNull();
		assertThat(standard("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=", STANDARD_SECRET))
			.contains("no signature", "matches");
	}

	@Test
	void takesSeveralSecretsOfStandardWebhooks() throws Exception {
		assertThat(standard(STANDARD_SIGNATURE, OTHER_SECRET, STANDARD_SECRET)).isNull();
		assertThat(standard(STANDARD_SIGNATURE, OTHER_SECRET)).isNotNull();
		String rotated = new Webhook(OTHER_SECRET).sign(STANDARD_ID, TIME, STANDARD_BODY);
		assertThat(standard(rotated, OTHER_SECRET, STANDARD_SECRET)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "v1", "v1,", ",", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			"g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=",
			"v1,\u00e9", "v1,g0hM9SsE", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" })
	void refusesOtherSignaturesOfStandardWebhooks(String signature) {
		assertThat(standard(signature, STANDARD_SECRET)).isNotNull();
	}

	@Test
	void takesTheHeadersOfSvix() {
		Map<String, String> headers = Map.of("svix-id", STANDARD_ID, "svix-timestamp", "" + TIME, "svix-signature",
				STANDARD_SIGNATURE);
		Authenticator authenticator = create(AuthScheme.STANDARD_WEBHOOKS, STANDARD_SECRET);
		assertThat(check(authenticator, headers, STANDARD_BODY)).isNull();
		assertThat(check(authenticator, Map.of("svix-id", STANDARD_ID), STANDARD_BODY)).contains("missing");
	}

	@Test
	void refusesAnIdOtherThanTheSignedOne() {
		Map<String, String> svix = Map.of("svix-id", STANDARD_ID, "svix-timestamp", "" + TIME, "svix-signature",
				STANDARD_SIGNATURE);
		Map<String, String> headers = new HashMap<>(svix);
		Authenticator authenticator = create(AuthScheme.STANDARD_WEBHOOKS, STANDARD_SECRET);
		headers.put("webhook-id", "msg_other");
		assertThat(check(authenticator, headers, STANDARD_BODY)).contains("webhook-id and svix-id differ");
		headers.putAll(standardHeaders(STANDARD_ID, STANDARD_SIGNATURE));
		headers.put("webhook-id", STANDARD_ID);
		headers.remove("Webhook-Id");
		assertThat(check(authenticator, headers, STANDARD_BODY)).isNull();
		headers.put("svix-id", "msg_other");
		assertThat(check(authenticator, headers, STANDARD_BODY)).contains("webhook-id and svix-id differ");
	}

	@Test
	void refusesSignedContentThatIsCutElsewhere() throws Exception {
		String body = "{\"name\":\"x." + TIME + ".{}\"}";
		String signature = new Webhook(STANDARD_SECRET).sign("msg_1", TIME, body);
		Authenticator authenticator = create(AuthScheme.STANDARD_WEBHOOKS, STANDARD_SECRET);
		assertThat(check(authenticator, standardHeaders("msg_1", signature), body)).isNull();
		int cut = body.indexOf("." + TIME);
		String id = "msg_1." + TIME + "." + body.substring(0, cut);
		assertThat(check(authenticator, standardHeaders(id, signature), body.substring(cut + 12)))
			.contains("could be a time");
		String number = "1614265331.5";
		String ofNumber = new Webhook(STANDARD_SECRET).sign("msg_1", TIME, number);
		assertThat(check(authenticator, standardHeaders("msg_1", ofNumber), number)).isNull();
		Map<String, String> shifted = standardHeaders("msg_1." + TIME, ofNumber);
		shifted.put("webhook-timestamp", "1614265331");
		assertThat(check(authenticator, shifted, "5")).contains("could be a time");
		String dotted = new Webhook(STANDARD_SECRET).sign("v1.msg.1", TIME, body);
		assertThat(check(authenticator, standardHeaders("v1.msg.1", dotted), body)).isNull();
	}

	/** Key and signature were made with OpenSSL. */
	@Test
	void takesAsymmetricSignatures() {
		String key = "whpk_2B1d8RiVzhIuug9cXAHsk4Q0+Zj33x7S18TrbEZfJhw=";
		String signature = "53fkGzlNMKBjcPBGj+3dVtFF11ZKCosa9yzmQ6cXH1n+UGsNLw2VFwqpys2Gxp+k9OfptdQuGPETym8iBOUHAw==";
		assertThat(standardWithId("msg_1", "v1a," + signature, key)).isNull();
		assertThat(standardWithId("msg_2", "v1a," + signature, key)).isNotNull();
		assertThat(standardWithId("msg_1", "v1," + signature, key)).isNotNull();
		assertThat(standardWithId("msg_1", "v1a,AAAA", key)).isNotNull();
		assertThat(standardWithId("msg_1", "v1a," + signature, STANDARD_SECRET, key)).isNull();
	}

	@Test
	void refusesKeysThatAreNone() {
		for (String key : List.of("whpk_AAAA", "whsec_", "whsec_not base64", "  ")) {
			assertThatIllegalArgumentException().isThrownBy(() -> create(AuthScheme.STANDARD_WEBHOOKS, key))
				.satisfies((ex) -> assertThat(ex.getMessage()).startsWith("a secret is").doesNotContain("not base64"));
		}
		for (String secret : List.of(" hush", "hush\n", "hush\t", "hush\u2003")) {
			assertThatIllegalArgumentException().isThrownBy(() -> create(AuthScheme.BEARER, secret))
				.withMessage("a secret begins or ends with white space");
		}
		for (String credentials : List.of("nobody", ":password", "alice:")) {
			assertThatIllegalArgumentException().isThrownBy(() -> create(AuthScheme.BASIC, credentials))
				.withMessageContaining("'user:password'");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> create(AuthScheme.GITHUB));
	}

	@Test
	void takesTheExampleOfGitHub() {
		Authenticator authenticator = create(AuthScheme.GITHUB, "It's a Secret to Everybody");
		Map<String, String> headers = Map.of("X-Hub-Signature-256", GITHUB_SIGNATURE);
		assertThat(check(authenticator, headers, "Hello, World!")).isNull();
		assertThat(check(authenticator, headers, "Hello, World?")).contains("does not match");
		assertThat(check(authenticator, Map.of(), "Hello, World!")).contains("no header X-Hub-Signature-256");
		assertThat(check(authenticator, Map.of("X-Hub-Signature-256", GITHUB_SIGNATURE.substring(7)), "Hello, World!"))
			.contains("does not start");
		assertThat(check(authenticator, Map.of("X-Hub-Signature-256", "sha256=xyz"), "Hello, World!"))
			.contains("not in HEX");
		assertThat(check(authenticator, Map.of("X-Hub-Signature-256", "sha256="), "Hello, World!")).isNotNull();
	}

	@Test
	void takesWhatStripesLibrarySigns() throws Exception {
		String body = "{\"id\":\"evt_1\",\"object\":\"event\"}";
		Authenticator authenticator = create(AuthScheme.STRIPE, "whsec_new", "whsec_old");
		for (String secret : List.of("whsec_new", "whsec_old")) {
			String header = com.stripe.net.Webhook.Signature.generateSignatureHeader(body, secret, TIME);
			assertThat(check(authenticator, Map.of("Stripe-Signature", header), body)).isNull();
			assertThat(check(authenticator, Map.of("Stripe-Signature", header), body + " ")).isNotNull();
			assertThat(check(authenticator, Map.of("Stripe-Signature", header.replace("v1=", "v0=")), body))
				.contains("no signature of version v1");
			assertThat(check(authenticator,
					Map.of("Stripe-Signature", header.replace(",v1=", ",v1=00,v1=zz,v0=11,v1=")), body))
				.isNull();
		}
		String other = com.stripe.net.Webhook.Signature.generateSignatureHeader(body, "whsec_none", TIME);
		assertThat(check(authenticator, Map.of("Stripe-Signature", other), body)).contains("no signature", "matches");
		for (String nonsense : List.of("", ",", "t=", "t=,v1=", "v1=00", "t=1,v1=")) {
			assertThat(check(authenticator, Map.of("Stripe-Signature", nonsense), body)).isNotNull();
		}
	}

	/** Signed with OpenSSL. */
	@Test
	void takesWhatShopifySigns() {
		Authenticator authenticator = create(AuthScheme.SHOPIFY, "hush");
		Map<String, String> headers = Map.of("X-Shopify-Hmac-Sha256", "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=");
		assertThat(check(authenticator, headers, "{\"id\":820982911946154508}")).isNull();
		assertThat(check(authenticator, headers, "{\"id\": 820982911946154508}")).isNotNull();
	}

	@Test
	void takesTheExampleOfSlack() {
		this.clock.step(Duration.ofSeconds(1531420618 - TIME));
		String body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
				+ "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
				+ "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
				+ "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
		Map<String, String> headers = Map.of("X-Slack-Request-Timestamp", "1531420618", "X-Slack-Signature",
				"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
		Authenticator authenticator = create(AuthScheme.SLACK, "8f742231b10e8888abcd99yyyzzz85a5");
		assertThat(check(authenticator, headers, body)).isNull();
		Map<String, String> later = new HashMap<>(headers);
		later.put("X-Slack-Request-Timestamp", "1531420619");
		assertThat(check(authenticator, later, body)).contains("does not match");
		later.remove("X-Slack-Request-Timestamp");
		assertThat(check(authenticator, later, body)).contains("missing");
	}

	/** Signed with OpenSSL. */
	@Test
	void takesAnyHmacThatIsDescribed() {
		HmacSettings sha1 = new HmacSettings("X-Signature", HmacAlgorithm.SHA1, SignatureEncoding.HEX, "", "{body}",
				null);
		assertThat(check(hmac(sha1), Map.of("X-Signature", "1049127B461e69de33bfcbe48c1a59ceb91fd0da"), "{\"id\":1}"))
			.isNull();
		this.clock.step(Duration.ofSeconds(1531420618 - TIME));
		HmacSettings sha512 = new HmacSettings("X-Signature", HmacAlgorithm.SHA512, SignatureEncoding.BASE64, "mac ",
				"{X-Time}.{body}", "X-Time");
		Map<String, String> headers = new HashMap<>(Map.of("x-time", "1531420618", "X-Signature",
				"mac d6FV1HQBQHzj745DWbCpmZINAr8piT6/27YFWdqqlYk29ByjWKe7pTMJ83Mg48HY9JTS+kxxY+utjfqi+aCjDg=="));
		assertThat(check(hmac(sha512), headers, "{\"id\":1}")).isNull();
		assertThat(check(hmac(sha512), headers, "{\"id\":2}")).isNotNull();
		this.clock.step(Duration.ofSeconds(301));
		assertThat(check(hmac(sha512), headers, "{\"id\":1}")).contains("its timestamp is 301 s ago");
	}

	@Test
	void refusesAnHmacThatWouldProtectNothing() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> hmac(
					new HmacSettings("X-S", HmacAlgorithm.SHA256, SignatureEncoding.HEX, "", "{X-Time}", "X-Time")))
			.withMessageContaining("does not contain {body}");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> hmac(
					new HmacSettings("X-S", HmacAlgorithm.SHA256, SignatureEncoding.HEX, "", "{body}", "X-Time")))
			.withMessageContaining("X-Time is not part of what is signed");
	}

	@ParameterizedTest
	@CsvSource({ "300,true", "301,false", "-300,true", "-301,false" })
	void looksAtTheTime(long seconds, boolean taken) throws Exception {
		this.clock.step(Duration.ofSeconds(seconds));
		String reason = standard(STANDARD_SIGNATURE, STANDARD_SECRET);
		String header = com.stripe.net.Webhook.Signature.generateSignatureHeader("{}", "s", TIME);
		String stripes = check(create(AuthScheme.STRIPE, "s"), Map.of("Stripe-Signature", header), "{}");
		if (taken) {
			assertThat(reason).isNull();
			assertThat(stripes).isNull();
		}
		else {
			assertThat(reason).contains("it is signed", "301 s " + ((seconds > 0) ? "ago" : "ahead"));
			assertThat(stripes).isEqualTo(reason);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-1", "1614265330.0", "99999999999999999999", "now", " 1614265330" })
	void refusesTimesThatAreNone(String timestamp) throws Exception {
		TimestampWindow window = new TimestampWindow(this.clock, Duration.ofMinutes(5));
		assertThat(window.check(timestamp)).contains("not a number of seconds");
	}

	@Test
	void refusesOneByteChanged() {
		Authenticator authenticator = create(AuthScheme.STANDARD_WEBHOOKS, STANDARD_SECRET);
		byte[] body = STANDARD_BODY.getBytes(StandardCharsets.UTF_8);
		Map<String, String> headers = standardHeaders(STANDARD_ID, STANDARD_SIGNATURE);
		for (int i = 0; i < body.length; i++) {
			body[i] ^= 1;
			assertThat(authenticator.check(ignoringCase(headers), body)).isNotNull();
			body[i] ^= 1;
		}
		assertThat(authenticator.check(ignoringCase(headers), body)).isNull();
		headers.put("Webhook-Id", STANDARD_ID + "x");
		assertThat(authenticator.check(ignoringCase(headers), body)).isNotNull();
	}

	@Test
	void refusesTheSameJsonWrittenAnew() {
		Authenticator authenticator = create(AuthScheme.STANDARD_WEBHOOKS, STANDARD_SECRET);
		Map<String, String> headers = standardHeaders(STANDARD_ID, STANDARD_SIGNATURE);
		assertThat(check(authenticator, headers, STANDARD_BODY.replace(" ", ""))).isNotNull();
		assertThat(check(authenticator, headers, STANDARD_BODY + "\n")).isNotNull();
	}

	@Test
	void takesBearerTokens() {
		Authenticator authenticator = create(AuthScheme.BEARER, "token-1", "token-2");
		for (String header : List.of("Bearer token-1", "bearer token-2", "BEARER  token-1 ")) {
			assertThat(check(authenticator, Map.of("authorization", header), "{}")).isNull();
		}
		for (String header : List.of("Bearer token-3", "Bearer token-", "Bearer ", "Bearer", "token-1", "",
				"Basic token-1", "Bearer token-11", "Bearer TOKEN-1")) {
			assertThat(check(authenticator, Map.of("authorization", header), "{}")).isNotNull()
				.doesNotContain("token-");
		}
		assertThat(authenticator.challenge()).isEqualTo("Bearer");
	}

	@Test
	void takesUserAndPassword() {
		Authenticator authenticator = create(AuthScheme.BASIC, "alice:p:w\u00e9");
		assertThat(check(authenticator, Map.of("Authorization", "Basic " + base64("alice:p:w\u00e9")), "{}")).isNull();
		for (String header : List.of("Basic " + base64("alice:"), "Basic " + base64("alice"), "Basic alice:p:w\u00e9",
				"Basic", "Bearer " + base64("alice:p:w\u00e9"))) {
			assertThat(check(authenticator, Map.of("Authorization", header), "{}")).isNotNull();
		}
		assertThat(authenticator.challenge()).startsWith("Basic realm=");
	}

	@Test
	void takesWhiteSpaceAroundASecretAsAPartOfIt() throws Exception {
		Authenticator basic = create(AuthScheme.BASIC, "alice:hush ");
		assertThat(check(basic, Map.of("Authorization", "Basic " + base64("alice:hush ")), "{}")).isNull();
		assertThat(check(basic, Map.of("Authorization", "Basic " + base64("alice:hush")), "{}")).isNotNull();
		Authenticator github = create(AuthScheme.GITHUB, "hush\n");
		for (String secret : List.of("hush\n", "hush")) {
			String signature = "sha256=" + com.stripe.net.Webhook.Util.computeHmacSha256(secret, "{}");
			String reason = check(github, Map.of("X-Hub-Signature-256", signature), "{}");
			assertThat(reason == null).as(reason).isEqualTo(secret.endsWith("\n"));
		}
	}

	@Test
	void letsEverybodyInOnlyIfToldTo() {
		assertThat(check(create(AuthScheme.NONE), Map.of(), "{}")).isNull();
		assertThat(new SecretSource(List.of("hush"), null, this.clock)).asString().doesNotContain("hush");
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	private String standard(String signature, String... secrets) {
		return standardWithId(STANDARD_ID, signature, secrets);
	}

	private String standardWithId(String id, String signature, String... secrets) {
		return check(create(AuthScheme.STANDARD_WEBHOOKS, secrets), standardHeaders(id, signature), STANDARD_BODY);
	}

	private static Map<String, String> standardHeaders(String id, String signature) {
		return new HashMap<>(Map.of("Webhook-Id", id, "webhook-timestamp", "" + TIME, "webhook-signature", signature));
	}

	private Authenticator hmac(HmacSettings settings) {
		return Authenticators.create(AuthScheme.HMAC, settings, new SecretSource(List.of("hush"), null, this.clock),
				new TimestampWindow(this.clock, Duration.ofMinutes(5)));
	}

	private Authenticator create(AuthScheme scheme, String... secrets) {
		return Authenticators.create(scheme, null, new SecretSource(List.of(secrets), null, this.clock),
				new TimestampWindow(this.clock, Duration.ofMinutes(5)));
	}

	private static String check(Authenticator authenticator, Map<String, String> headers, String body) {
		return authenticator.check(ignoringCase(headers), body.getBytes(StandardCharsets.UTF_8));
	}

	private static RequestHeaders ignoringCase(Map<String, String> headers) {
		Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		sorted.putAll(headers);
		return sorted::get;
	}

}
