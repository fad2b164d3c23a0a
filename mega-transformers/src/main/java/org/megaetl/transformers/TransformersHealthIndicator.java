package org.megaetl.transformers;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Says which changed files of transformers were refused. Up all the same: events are
 * transformed by what was there before.
 */
final class TransformersHealthIndicator extends AbstractHealthIndicator {

	private final GuestReloader reloader;

	TransformersHealthIndicator(GuestReloader reloader) {
		this.reloader = reloader;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.up().withDetails(this.reloader.refused());
	}

}
