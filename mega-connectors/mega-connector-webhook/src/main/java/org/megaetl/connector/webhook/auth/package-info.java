/**
 * Who may post: what senders sign their requests with, and how that is checked.
 */
@NullMarked
package org.megaetl.connector.webhook.auth;

import org.jspecify.annotations.NullMarked;
