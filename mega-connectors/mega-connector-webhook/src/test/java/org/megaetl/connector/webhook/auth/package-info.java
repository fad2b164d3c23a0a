@NullMarked
package org.megaetl.connector.webhook.auth;

import org.jspecify.annotations.NullMarked;
