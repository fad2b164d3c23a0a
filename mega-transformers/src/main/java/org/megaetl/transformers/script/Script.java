package org.megaetl.transformers.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A script.
 *
 * @param name what messages call it: the file's name
 * @param text the JavaScript
 */
public record Script(String name, String text) {

	static final String BOOTSTRAP = bootstrap();

	private static final Pattern EXPORT = Pattern.compile("(?m)^\\s*export\\s");

	private static String bootstrap() {
		try (InputStream stream = Objects.requireNonNull(Script.class.getResourceAsStream("bootstrap.js"))) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns whether the script is an ES module, and not one that ends in its function.
	 */
	boolean isModule() {
		return name().endsWith(".mjs") || EXPORT.matcher(text()).find();
	}

}
