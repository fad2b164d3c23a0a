package org.megaetl.schema;

import java.io.Reader;
import java.io.StringReader;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * Migrations that are held in memory, so that Flyway searches neither the class path nor
 * the disk.
 */
final class SqlScripts implements ResourceProvider {

	private final Map<String, LoadableResource> resources = new TreeMap<>();

	/**
	 * Creates scripts.
	 * @param scripts the scripts' text by file name
	 */
	SqlScripts(Map<String, String> scripts) {
		scripts.forEach((fileName, sql) -> this.resources.put(fileName, new SqlScript(fileName, sql)));
	}

	@Override
	public @Nullable LoadableResource getResource(String name) {
		return this.resources.get(name);
	}

	@Override
	public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
		return this.resources.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith(prefix))
			.filter((entry) -> Stream.of(suffixes).anyMatch(entry.getKey()::endsWith))
			.map(Map.Entry::getValue)
			.toList();
	}

	private static final class SqlScript extends LoadableResource {

		private final String fileName;

		private final String sql;

		SqlScript(String fileName, String sql) {
			this.fileName = fileName;
			this.sql = sql;
		}

		@Override
		public Reader read() {
			return new StringReader(this.sql);
		}

		@Override
		public String getAbsolutePath() {
			return this.fileName;
		}

		@Override
		public String getAbsolutePathOnDisk() {
			return this.fileName;
		}

		@Override
		public String getFilename() {
			return this.fileName;
		}

		@Override
		public String getRelativePath() {
			return this.fileName;
		}

	}

}
