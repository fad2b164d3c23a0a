package org.megaetl.pipeline;

import java.util.List;
import java.util.Set;

/**
 * What became of a batch.
 *
 * @param outcomes what became of each event, in order
 * @param lostKeys the parts of the source that belong to somebody else
 */
record DeliveryResult(List<EventOutcome> outcomes, Set<String> lostKeys) {

}
