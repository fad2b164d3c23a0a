package org.megaetl.connector.ethereum;

import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * A block as it was read, and what of it passes the filters.
 *
 * @param header its header
 * @param block the whole block, as the node wrote it; missing where logs are read
 * @param items what becomes events: the block itself, transactions, or logs
 * @param receipts the receipts of transactions by hash; none if they were not asked for
 */
record BlockData(Header header, JsonNode block, List<JsonNode> items, Map<String, JsonNode> receipts) {

}
