package org.megaetl.transformers.mapping;

import org.megaetl.event.Event;
import tools.jackson.databind.JsonNode;

/**
 * What values are taken from.
 *
 * @param event the event
 * @param root the record
 * @param node the element of the record's array, or the record
 * @param index the element's place in the array, or the record's in the event, from 0
 */
record RecordContext(Event event, JsonNode root, JsonNode node, int index) {

}
