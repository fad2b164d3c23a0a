package org.megaetl.connector.webhook;

import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.EventOutcome;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Answer}.
 */
class AnswerTests {

	@Test
	void aDuplicateIsFine() throws Exception {
		MockHttpServletResponse response = answer(new EventOutcome.Duplicate(true));
		assertThat(response.getStatus()).isEqualTo(200);
		assertThat(response.getContentAsString()).isEqualTo("{\"status\":\"duplicate\"}");
	}

	@Test
	void anotherBodyUnderTheSameIdIsRefused() throws Exception {
		MockHttpServletResponse response = answer(new EventOutcome.Duplicate(false));
		assertThat(response.getStatus()).isEqualTo(422);
		assertThat(response.getContentType()).isEqualTo("application/problem+json");
		assertThat(response.getContentAsString()).contains("urn:mega:problem:id-reused", "another body",
				"\"eventId\":\"a \\\"quoted\\\" id\"");
	}

	@Test
	void whatCannotHappenIsTheServersFault() throws Exception {
		assertThat(answer(new EventOutcome.Displaced("p")).getStatus()).isEqualTo(500);
	}

	/** HTTP/2 has no such header (RFC 9113, 8.2.2). */
	@Test
	void leavesItToTheServerToSayThatTheConnectionIsClosed() throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		Answer.REQUEST_TIMEOUT.writeTo(response);
		assertThat(response.getStatus()).isEqualTo(408);
		assertThat(response.getHeaderNames()).doesNotContain("Connection");
	}

	private static MockHttpServletResponse answer(EventOutcome outcome) throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		Answer.of(outcome, null, "a \"quoted\" id").writeTo(response);
		return response;
	}

}
