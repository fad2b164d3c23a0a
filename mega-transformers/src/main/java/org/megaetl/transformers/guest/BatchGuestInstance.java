package org.megaetl.transformers.guest;

import java.util.List;

import org.megaetl.event.Event;

/**
 * An instance that transforms several events in one call.
 */
public interface BatchGuestInstance extends GuestInstance {

	/**
	 * Transforms events of one pipeline.
	 * @param events the events
	 * @return what the guest made of each, in order
	 * @throws Exception if the guest has done anything else with them than to return or
	 * refuse each; the instance is not used again
	 */
	List<GuestOutput> transform(List<Event> events) throws Exception;

}
