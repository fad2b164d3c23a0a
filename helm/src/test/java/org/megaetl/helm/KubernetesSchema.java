package org.megaetl.helm;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import org.jspecify.annotations.Nullable;

/**
 * What an API server would say of an object: the fields that it does not know, those that
 * are missing, and those of another type. The objects of Kubernetes itself are compared
 * with the models that are generated from its OpenAPI description, those of operators
 * with the models of a client, and KEDA's with its documentation.
 */
final class KubernetesSchema {

	private static final Map<String, Class<?>> MODELS = Map.ofEntries(Map.entry("v1/ConfigMap", V1ConfigMap.class),
			Map.entry("v1/Pod", V1Pod.class), Map.entry("v1/Secret", V1Secret.class),
			Map.entry("v1/Service", V1Service.class), Map.entry("v1/ServiceAccount", V1ServiceAccount.class),
			Map.entry("apps/v1/Deployment", V1Deployment.class),
			Map.entry("autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class),
			Map.entry("networking.k8s.io/v1/Ingress", V1Ingress.class),
			Map.entry("networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class),
			Map.entry("policy/v1/PodDisruptionBudget", V1PodDisruptionBudget.class));

	private static final Map<String, Class<?>> OPERATORS = Map.of("monitoring.coreos.com/v1/ServiceMonitor",
			ServiceMonitor.class, "monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class,
			"gateway.networking.k8s.io/v1/HTTPRoute", HTTPRoute.class);

	private static final JsonMapper STRICT = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.annotationIntrospector(new WithoutAnySetter())
		.build();

	private KubernetesSchema() {
	}

	/**
	 * Validates an object.
	 * @param object the object
	 * @return what is wrong, or {@code null}
	 */
	static @Nullable String validate(JsonObject object) {
		String type = object.get("apiVersion").getAsString() + "/" + Chart.kind(object);
		try {
			if (MODELS.containsKey(type)) {
				validate(object, MODELS.get(type));
			}
			else if (OPERATORS.containsKey(type)) {
				STRICT.readValue(object.toString(), OPERATORS.get(type));
			}
			else if (type.equals("keda.sh/v1alpha1/ScaledObject")) {
				STRICT.readValue(object.getAsJsonObject("spec").toString(), ScaledObjectSpec.class);
			}
			else {
				return "There is no " + type;
			}
			return null;
		}
		catch (IOException | RuntimeException ex) {
			return type + ": " + ex.getMessage();
		}
	}

	private static void validate(JsonObject object, Class<?> model) throws IOException {
		try {
			Method method = model.getMethod("validateJsonElement", JsonElement.class);
			method.invoke(null, object);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalArgumentException(ex.getCause().getMessage(), ex.getCause());
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
		// Gson reads a number where a string is due, and the other way round, and so does
		// not Kubernetes
		List<String> differences = new ArrayList<>();
		JsonElement read = JSON.getGson().toJsonTree(JSON.getGson().fromJson(object, model));
		compare("", object, read, differences);
		if (!differences.isEmpty()) {
			throw new IllegalArgumentException(differences.toString());
		}
	}

	private static void compare(String path, JsonElement written, @Nullable JsonElement read,
			List<String> differences) {
		if (written.isJsonNull()) {
			differences.add(path + " is null");
		}
		else if (read == null) {
			differences.add(path + " is not known");
		}
		else if (written.isJsonObject() && read.isJsonObject()) {
			for (Map.Entry<String, JsonElement> entry : written.getAsJsonObject().entrySet()) {
				compare(path + "/" + entry.getKey(), entry.getValue(), read.getAsJsonObject().get(entry.getKey()),
						differences);
			}
		}
		else if (written.isJsonArray() && read.isJsonArray()) {
			for (int i = 0; i < written.getAsJsonArray().size(); i++) {
				compare(path + "/" + i, written.getAsJsonArray().get(i), read.getAsJsonArray().get(i), differences);
			}
		}
		else if (!written.isJsonPrimitive() || !read.isJsonPrimitive()
				|| written.getAsJsonPrimitive().isString() != read.getAsJsonPrimitive().isString()) {
			differences.add(path + " has another type: " + written);
		}
	}

	/**
	 * Models take any field; here they may not.
	 */
	private static final class WithoutAnySetter extends JacksonAnnotationIntrospector {

		private static final long serialVersionUID = 1L;

		@Override
		public @Nullable Boolean hasAnySetter(Annotated annotated) {
			return null;
		}

	}

	private record ScaledObjectSpec(ScaleTarget scaleTargetRef, int minReplicaCount, int maxReplicaCount,
			int pollingInterval, int cooldownPeriod, List<Trigger> triggers) {

		private static final Set<String> KAFKA = Set.of("bootstrapServers", "topic", "consumerGroup", "lagThreshold");

		ScaledObjectSpec {
			for (Trigger trigger : triggers) {
				if (trigger.type().equals("kafka") && !trigger.metadata().keySet().equals(KAFKA)) {
					throw new IllegalArgumentException("Metadata of a trigger: " + trigger.metadata().keySet());
				}
			}
		}

	}

	private record ScaleTarget(String name) {

	}

	private record Trigger(String type, @Nullable String metricType, @Nullable Map<String, String> authenticationRef,
			Map<String, String> metadata) {

	}

}
