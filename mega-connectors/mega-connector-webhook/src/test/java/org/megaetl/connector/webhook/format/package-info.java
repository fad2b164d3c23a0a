@NullMarked
package org.megaetl.connector.webhook.format;

import org.jspecify.annotations.NullMarked;
