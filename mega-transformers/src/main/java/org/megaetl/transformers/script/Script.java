package org.megaetl.transformers.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script.
 *
 * @param name what messages call it: the file's name
 * @param text the JavaScript
 */
public record Script(String name, String text) {

	static final String BOOTSTRAP = bootstrap();

	/**
	 * Minified, it may stand anywhere between statements. What follows mostly tells it
	 * from the word in a comment or a text.
	 */
	private static final Pattern EXPORT = Pattern.compile(
			"(?m)(?:^|[;}]|\\*/)[ \\t]*export" + "(?:\\s*[{*]|\\s+(?:default|function|async|const|let|var|class)\\b)");

	private static final String FUNCTION = "transform";

	/**
	 * {@code export function transform} or {@code export { transform }}: then whatever
	 * looks like an alias is none.
	 */
	private static final Pattern DECLARED = Pattern
		.compile("\\bexport\\s+(async\\s+)?(function|function\\s*\\*|const|let|var)\\s*\\b" + FUNCTION
				+ "\\b|(?U)\\bexport\\s*\\{([^{}]*,)?\\s*" + FUNCTION + "\\s*[,}]");

	/** {@code export { handle as transform }}, as bundlers write it. */
	private static final Pattern ALIAS = Pattern
		.compile("(?U)\\bexport\\s*\\{[^{}]*?(?<![\\w$])([\\w$]+)\\s+as\\s+" + FUNCTION + "\\s*[,}]");

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

	/**
	 * Returns what an engine evaluates. A script is strict as modules always are, or what
	 * must not be assigned to would keep its value in silence.
	 */
	String source() {
		if (isModule()) {
			return text();
		}
		// #! is a comment at the very beginning only
		return "'use strict';" + (text().startsWith("#!") ? "//" : "") + text();
	}

	/**
	 * Returns what the module itself calls the function that it exports as
	 * {@code transform}.
	 */
	String function() {
		Matcher alias = ALIAS.matcher(text());
		return (alias.find() && !DECLARED.matcher(text()).find()) ? alias.group(1) : FUNCTION;
	}

}
