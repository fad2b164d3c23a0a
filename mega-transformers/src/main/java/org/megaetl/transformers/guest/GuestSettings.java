package org.megaetl.transformers.guest;

import java.time.Duration;
import java.util.List;

/**
 * What is the same for guests of all kinds.
 *
 * @param property the beginning of the keys, such as {@code mega.transformers.order}
 * @param tables the tables whose rows the guest may return
 * @param timeout how long one event may take
 * @param maxOutput most characters of the JSON returned for one event
 * @param allowOtherUniqueKeys whether a table to upsert may have other unique keys
 */
public record GuestSettings(String property, List<String> tables, Duration timeout, int maxOutput,
		boolean allowOtherUniqueKeys) {

}
