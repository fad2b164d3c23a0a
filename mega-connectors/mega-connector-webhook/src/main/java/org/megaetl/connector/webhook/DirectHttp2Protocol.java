package org.megaetl.connector.webhook;

import org.apache.coyote.Request;
import org.apache.coyote.http2.Http2Protocol;

/**
 * HTTP/2 without TLS for clients that begin with it ("prior knowledge"). One that asks
 * for it in a request of HTTP/1.1 ({@code Upgrade: h2c}, which RFC 9113 gave up) is
 * answered in HTTP/1.1: Tomcat would hold a thread until that request's body is there,
 * and refuse it if it has more than 4 KB.
 */
final class DirectHttp2Protocol extends Http2Protocol {

	@Override
	public boolean accept(Request request) {
		return false;
	}

}
