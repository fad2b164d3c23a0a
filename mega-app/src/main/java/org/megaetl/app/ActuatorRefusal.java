package org.megaetl.app;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/**
 * Tells whoever may not use an endpoint why, and what an operator can do about it.
 */
final class ActuatorRefusal implements AuthenticationEntryPoint, AccessDeniedHandler {

	private final List<String> schemes;

	/**
	 * Creates the refusals.
	 * @param schemes the challenges of the ways to authenticate; none if there are none
	 */
	ActuatorRefusal(List<String> schemes) {
		this.schemes = schemes;
	}

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
			throws IOException {
		if (this.schemes.isEmpty()) {
			answer(response, HttpStatus.FORBIDDEN, "Nobody may do this, as no way to authenticate is configured. "
					+ "Set spring.security.user.name and spring.security.user.password, or a resource server under "
					+ "spring.security.oauth2.resourceserver.");
			return;
		}
		this.schemes.forEach((scheme) -> response.addHeader(HttpHeaders.WWW_AUTHENTICATE, scheme));
		answer(response, HttpStatus.UNAUTHORIZED, (request.getHeader(HttpHeaders.AUTHORIZATION) != null)
				? "The credentials are not valid." : "This needs authentication.");
	}

	@Override
	public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException failure)
			throws IOException {
		answer(response, HttpStatus.FORBIDDEN,
				"You are authenticated, but lack the authority that mega.actuator.write-authority asks for.");
	}

	private static void answer(HttpServletResponse response, HttpStatus status, String detail) throws IOException {
		Map<String, Object> problem = new LinkedHashMap<>();
		problem.put("title", status.getReasonPhrase());
		problem.put("status", status.value());
		problem.put("detail", detail);
		byte[] body = JsonMapper.shared().writeValueAsBytes(problem);
		response.setStatus(status.value());
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

}
