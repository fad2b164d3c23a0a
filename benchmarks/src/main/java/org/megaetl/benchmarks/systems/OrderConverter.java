package org.megaetl.benchmarks.systems;

import java.io.IOException;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;

/**
 * Gives orders in JSON the schema that a sink needs. Connect's own converter would want
 * the schema in every message, which is slower.
 */
public final class OrderConverter implements Converter {

	private static final Schema SCHEMA = SchemaBuilder.struct()
		.name("order")
		.field("order_id", Schema.INT32_SCHEMA)
		.field("product_id", Schema.INT32_SCHEMA)
		.field("quantity", Schema.INT32_SCHEMA)
		.field("amount", Schema.FLOAT64_SCHEMA)
		.field("shipping", Schema.FLOAT64_SCHEMA)
		.field("tax", Schema.FLOAT64_SCHEMA)
		.field("shipping_address", Schema.STRING_SCHEMA)
		.build();

	private final ObjectMapper mapper = new ObjectMapper();

	@Override
	public void configure(Map<String, ?> configs, boolean isKey) {
	}

	@Override
	public byte[] fromConnectData(String topic, Schema schema, Object value) {
		throw new UnsupportedOperationException("Orders are only read");
	}

	@Override
	public SchemaAndValue toConnectData(String topic, byte[] value) {
		try {
			JsonNode order = this.mapper.readTree(value);
			return new SchemaAndValue(SCHEMA,
					new Struct(SCHEMA).put("order_id", order.get("order_id").intValue())
						.put("product_id", order.get("product_id").intValue())
						.put("quantity", order.get("quantity").intValue())
						.put("amount", order.get("amount").doubleValue())
						.put("shipping", order.get("shipping").doubleValue())
						.put("tax", order.get("tax").doubleValue())
						.put("shipping_address", order.get("shipping_address").textValue()));
		}
		catch (IOException ex) {
			throw new DataException(ex);
		}
	}

}
