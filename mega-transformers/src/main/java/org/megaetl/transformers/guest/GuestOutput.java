package org.megaetl.transformers.guest;

import org.jspecify.annotations.Nullable;

/**
 * What a guest made of one event of several.
 *
 * @param rows the rows as JSON, or {@code null} for none
 * @param refusal why the guest refuses the event, or {@code null} if it does not
 */
public record GuestOutput(@Nullable String rows, @Nullable String refusal) {

}
