/**
 * Who may post: what senders sign their requests with, and how that is checked.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.connector.webhook.auth;

import org.jspecify.annotations.NullMarked;
