package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.reflect.OperationMethod;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * The description of the actuator's operations.
 */
final class OpenApi {

	private OpenApi() {
	}

	/**
	 * Returns the names of all parameters by method and path.
	 */
	static Map<String, Set<String>> operations(Path file) throws IOException {
		Map<String, Set<String>> operations = new TreeMap<>();
		map(load(file).get("paths")).forEach((path, methods) -> map(methods).forEach((method, operation) -> {
			Set<String> names = new TreeSet<>();
			for (Object parameter : list(map(operation).get("parameters"))) {
				names.add((String) resolve(file, map(parameter)).get("name"));
			}
			Object body = map(operation).get("requestBody");
			if (body != null) {
				Map<String, Object> content = map(map(map(body).get("content")).get("application/json"));
				names.addAll(map(resolve(file, map(content.get("schema"))).get("properties")).keySet());
			}
			operations.put(method.toUpperCase(Locale.ROOT) + " " + path, names);
		}));
		return operations;
	}

	/**
	 * Returns the names of what is answered to a GET.
	 */
	static Set<String> answer(Path file, String path) throws IOException {
		Object operation = map(map(load(file).get("paths")).get(path)).get("get");
		Map<String, Object> ok = map(map(map(operation).get("responses")).get("200"));
		Map<String, Object> content = map(map(ok.get("content")).get("application/json"));
		return map(resolve(file, map(content.get("schema"))).get("properties")).keySet();
	}

	/**
	 * Returns the names of the parameters that an operation has in truth.
	 */
	static Set<String> parameters(WebOperation operation) {
		OperationMethod method = (OperationMethod) ReflectionTestUtils.getField(operation, "operationMethod");
		Set<String> names = new TreeSet<>();
		for (OperationParameter parameter : method.getParameters()) {
			names.add(parameter.getName());
		}
		return names;
	}

	private static Map<String, Object> load(Path file) throws IOException {
		return new Yaml().load(Files.readString(file));
	}

	private static Map<String, Object> resolve(Path file, Map<String, Object> value) {
		if (!(value.get("$ref") instanceof String reference)) {
			return value;
		}
		try {
			Map<String, Object> found = load(file);
			for (String name : reference.substring(2).split("/")) {
				found = map(found.get(name));
			}
			return found;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(Object value) {
		return (Map<String, Object>) value;
	}

	private static List<?> list(Object value) {
		return (value != null) ? (List<?>) value : List.of();
	}

}
