@NullMarked
package org.megaetl.connector.webhook;

import org.jspecify.annotations.NullMarked;
