package org.megaetl.helm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The profile "restricted" of Kubernetes' Pod Security Standards, and what this chart
 * promises besides: a read-only root file system, limits of memory, no token.
 */
final class PodSecurity {

	private static final Set<String> VOLUMES = Set.of("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
			"persistentVolumeClaim", "projected", "secret");

	private PodSecurity() {
	}

	/**
	 * Checks an object with pods.
	 * @param object the object
	 * @return what is against the profile; nothing if the object has no pods
	 */
	static List<String> violations(JsonObject object) {
		List<String> violations = new ArrayList<>();
		if (Chart.kind(object).equals("Deployment")) {
			check(Chart.at(object, "spec", "template", "spec").getAsJsonObject(), violations);
		}
		else if (Chart.kind(object).equals("Pod")) {
			check(object.getAsJsonObject("spec"), violations);
		}
		return violations;
	}

	private static void check(JsonObject pod, List<String> violations) {
		for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
			require(!isTrue(pod.get(host)), host, violations);
		}
		require(is(pod.get("automountServiceAccountToken"), "false"), "automountServiceAccountToken", violations);
		JsonObject security = object(pod, "securityContext");
		require(isTrue(security.get("runAsNonRoot")), "runAsNonRoot", violations);
		require(!is(security.get("runAsUser"), "0"), "runAsUser", violations);
		JsonElement seccomp = object(security, "seccompProfile").get("type");
		require(is(seccomp, "RuntimeDefault") || is(seccomp, "Localhost"), "seccompProfile", violations);
		for (JsonElement volume : array(pod, "volumes")) {
			for (String key : volume.getAsJsonObject().keySet()) {
				require(key.equals("name") || VOLUMES.contains(key), "volume " + key, violations);
			}
		}
		for (String kind : List.of("initContainers", "containers")) {
			array(pod, kind).forEach((container) -> checkContainer(container.getAsJsonObject(), violations));
		}
	}

	private static void checkContainer(JsonObject container, List<String> violations) {
		String name = container.get("name").getAsString() + ": ";
		JsonObject security = object(container, "securityContext");
		JsonObject capabilities = object(security, "capabilities");
		require(!isTrue(security.get("privileged")), name + "privileged", violations);
		require(is(security.get("allowPrivilegeEscalation"), "false"), name + "allowPrivilegeEscalation", violations);
		require(isTrue(security.get("readOnlyRootFilesystem")), name + "readOnlyRootFilesystem", violations);
		require(!is(security.get("runAsNonRoot"), "false"), name + "runAsNonRoot", violations);
		require(!is(security.get("runAsUser"), "0"), name + "runAsUser", violations);
		require(array(capabilities, "drop").asList().stream().anyMatch((drop) -> is(drop, "ALL")),
				name + "capabilities.drop", violations);
		require(array(capabilities, "add").asList().stream().allMatch((add) -> is(add, "NET_BIND_SERVICE")),
				name + "capabilities.add", violations);
		require(object(object(container, "resources"), "limits").has("memory"), name + "limits.memory", violations);
		for (JsonElement port : array(container, "ports")) {
			require(!port.getAsJsonObject().has("hostPort"), name + "hostPort", violations);
		}
	}

	private static void require(boolean condition, String what, List<String> violations) {
		if (!condition) {
			violations.add(what);
		}
	}

	private static boolean isTrue(@Nullable JsonElement element) {
		return is(element, "true");
	}

	private static boolean is(@Nullable JsonElement element, String value) {
		return element != null && element.isJsonPrimitive() && element.getAsString().equals(value);
	}

	private static JsonObject object(JsonObject parent, String name) {
		return parent.has(name) ? parent.getAsJsonObject(name) : new JsonObject();
	}

	private static JsonArray array(JsonObject parent, String name) {
		return parent.has(name) ? parent.getAsJsonArray(name) : new JsonArray();
	}

}
