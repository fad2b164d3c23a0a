package org.megaetl.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.Pipelines;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * {@link InfoContributor} that says which MEGA runs here, and which pipelines it has.
 */
class PipelinesInfoContributor implements InfoContributor {

	private final Pipelines pipelines;

	PipelinesInfoContributor(Pipelines pipelines) {
		this.pipelines = pipelines;
	}

	@Override
	public void contribute(Info.Builder builder) {
		Map<String, Object> mega = new LinkedHashMap<>();
		String version = version();
		if (version != null) {
			mega.put("version", version);
		}
		Map<String, String> transformers = new LinkedHashMap<>();
		this.pipelines.all()
			.forEach((pipeline) -> transformers.put(pipeline.name().toString(), pipeline.transformer()));
		mega.put("pipelines", transformers);
		builder.withDetail("mega", mega);
	}

	/**
	 * Returns the version in the manifest, which classes that are not packaged lack.
	 */
	private static @Nullable String version() {
		return Pipelines.class.getPackage().getImplementationVersion();
	}

}
