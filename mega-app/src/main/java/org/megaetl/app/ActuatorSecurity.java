package org.megaetl.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.megaetl.app.ActuatorProperties.ReadAccess;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Who may use the actuator. Webhooks are not concerned: their senders authenticate as
 * their inbound says, and Spring Security does not even see their requests.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ActuatorProperties.class)
class ActuatorSecurity {

	private static final Set<String> READS = Set.of("GET", "HEAD");

	private static final String[] MONITORING = { "health", "info", "prometheus" };

	// Neither sessions nor cookies, so that there is no use in forging a request. What a
	// browser sends along, HTTP Basic, it does not send with JSON or DELETE from
	// elsewhere
	@Bean
	SecurityFilterChain actuatorSecurityFilterChain(HttpSecurity http, ActuatorProperties properties,
			ObjectProvider<UserDetailsService> users, ObjectProvider<JwtDecoder> tokens,
			ObjectProvider<OpaqueTokenIntrospector> opaqueTokens) {
		List<String> schemes = new ArrayList<>();
		ActuatorRefusal refusal = new ActuatorRefusal(schemes);
		http.securityMatcher(EndpointRequest.toAnyEndpoint())
			.csrf(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.exceptionHandling((handling) -> handling.authenticationEntryPoint(refusal).accessDeniedHandler(refusal));
		if (users.getIfAvailable() != null) {
			schemes.add("Basic realm=\"MEGA\"");
			http.httpBasic((basic) -> basic.authenticationEntryPoint(refusal));
		}
		boolean jwt = tokens.getIfAvailable() != null;
		if (jwt || opaqueTokens.getIfAvailable() != null) {
			schemes.add("Bearer");
			http.oauth2ResourceServer((server) -> {
				server.authenticationEntryPoint(refusal).accessDeniedHandler(refusal);
				if (jwt) {
					server.jwt((token) -> {
					});
				}
				else {
					server.opaqueToken((token) -> {
					});
				}
			});
		}
		RequestMatcher reads = (request) -> READS.contains(request.getMethod());
		http.authorizeHttpRequests((requests) -> {
			if (properties.readAccess() == ReadAccess.EVERYTHING) {
				requests.requestMatchers(reads).permitAll();
			}
			String[] open = (properties.readAccess() == ReadAccess.MONITORING) ? MONITORING : new String[] { "health" };
			requests.requestMatchers(new AndRequestMatcher(reads, EndpointRequest.to(open))).permitAll();
			requests.requestMatchers(reads).authenticated();
			requests.anyRequest().access(writers(properties));
		});
		return http.build();
	}

	private static AuthorizationManager<RequestAuthorizationContext> writers(ActuatorProperties properties) {
		String authority = properties.writeAuthority();
		return (authority != null) ? AuthorityAuthorizationManager.hasAuthority(authority)
				: AuthenticatedAuthorizationManager.authenticated();
	}

	/**
	 * Keeps the filter away from the webhooks: servers match these patterns against the
	 * path they have decoded and normalized, so that nothing passes by it which they
	 * would hand to an endpoint. Where the actuator has a port of its own, the filter
	 * that Spring Boot adds there has all paths.
	 */
	@Bean
	static BeanPostProcessor actuatorSecurityFilterPaths(ObjectProvider<WebEndpointProperties> endpoints,
			ObjectProvider<DispatcherServletPath> dispatcher) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessBeforeInitialization(Object bean, String beanName) {
				if (bean instanceof DelegatingFilterProxyRegistrationBean registration
						&& beanName.equals("securityFilterChainRegistration")) {
					// as Spring Boot sees them, and not as they are written
					String path = endpoints.getObject().getBasePath() + "/*";
					DispatcherServletPath servlet = dispatcher.getIfAvailable();
					registration.addUrlPatterns((servlet != null) ? servlet.getRelativePath(path) : path);
				}
				return bean;
			}

		};
	}

}
