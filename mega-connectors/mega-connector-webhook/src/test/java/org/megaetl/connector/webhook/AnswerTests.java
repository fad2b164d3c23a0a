package org.megaetl.connector.webhook;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.EventOutcome;
import tools.jackson.databind.json.JsonMapper;

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

	@Test
	void calledByWhatMattersMostOfSeveral() throws Exception {
		EventOutcome duplicate = new EventOutcome.Duplicate(true);
		assertThat(status(duplicate, duplicate)).isEqualTo("duplicate");
		assertThat(status(duplicate, new EventOutcome.Skipped())).isEqualTo("skipped");
		assertThat(status()).isEqualTo("skipped");
		assertThat(status(duplicate, new EventOutcome.Written())).isEqualTo("written");
		assertThat(status(new EventOutcome.Written(), new EventOutcome.DeadLettered(7, "no")))
			.isEqualTo("dead-lettered");
	}

	private static String status(EventOutcome... outcomes) throws Exception {
		MockHttpServletResponse response = new MockHttpServletResponse();
		Answer.of(Stream.of(outcomes).map((outcome) -> ItemAnswer.of(outcome, null)).toList()).writeTo(response);
		return JsonMapper.shared().readTree(response.getContentAsString()).get("status").asString();
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
