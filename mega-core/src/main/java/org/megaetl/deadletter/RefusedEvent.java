package org.megaetl.deadletter;

import org.megaetl.event.Event;

/**
 * An event that becomes a dead letter.
 *
 * @param event the event, its payload as received
 * @param failure why it could not be written
 */
public record RefusedEvent(Event event, DeadLetterFailure failure) {

}
